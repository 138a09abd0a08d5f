using ATStatus.Admin.Features;
using ATStatus.Admin.Features.Incidents;
using ATStatus.Admin.Features.StatusComponents;
using ATStatus.Admin.Features.StatusPages;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.StatusPages;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Tests.Features;

/// <summary>Pages show what others change, without anybody's doing, and what is being typed stays.</summary>
public sealed class LivePageTests : FeatureTest
{
    private static readonly Actor Bea = new("bea@example.com");

    [Fact]
    public async Task The_list_of_incidents()
    {
        var page = await AddPageAsync();
        var cut = Open<IncidentList>();

        var id = await AddIncidentAsync(page, "API down");
        await ShownAsync(cut, () => Assert.Contains("API down", cut.Markup, StringComparison.Ordinal));
        await Get<IncidentService>().PostUpdateAsync(id, 0, new IncidentUpdateInput(IncidentStatus.Resolved, "Over."), Bea, Stop);
        await ShownAsync(cut, () => Assert.Contains("Resolved", cut.Find("tbody tr").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_lists_of_pages_and_templates()
    {
        var pages = Open<StatusPageList>();
        var templates = Open<TemplateList>();

        await AddPageAsync("Shop", "shop");
        await Get<IncidentTemplateService>().AddAsync(
            new IncidentTemplateInput("Mail", "Mail is slow", IncidentSeverity.Minor, IncidentStatus.Investigating, "Queues are long."), Stop);

        await ShownAsync(pages, () => Assert.Contains("Shop", pages.Find("tbody").TextContent, StringComparison.Ordinal));
        await ShownAsync(templates, () => Assert.Contains("Mail", templates.Find("tbody").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_incident_while_an_update_is_being_written()
    {
        var page = await AddPageAsync();
        var api = await AddComponentAsync(page, "API");
        var id = await AddIncidentAsync(page);
        var cut = OpenIncident(id);
        Type(cut, "Message", "Mine.");
        await Button(cut, "Edit").ClickAsync();
        Type(cut, "Title", "Mine");

        await Get<IncidentService>().PostUpdateAsync(id, 0, new IncidentUpdateInput(IncidentStatus.Identified, "Theirs."), Bea, Stop);
        await ShownAsync(cut, () => Assert.Contains("Theirs.", cut.Find(".timeline").TextContent, StringComparison.Ordinal));
        Assert.Equal(("Mine.", "Mine", nameof(IncidentStatus.Identified)), (Value(cut, "Message"), Value(cut, "Title"), Value(cut, "Status")));
        await Get<IncidentService>().PostUpdateAsync(
            id, 1, new IncidentUpdateInput(null, "Worse.") { Severity = IncidentSeverity.Critical, Components = [new(api, ComponentStatus.MajorOutage)] }, Bea, Stop);
        await ShownAsync(cut, () => Assert.Contains("Worse.", cut.Find(".timeline").TextContent, StringComparison.Ordinal));
        Assert.Equal((nameof(IncidentSeverity.Critical), nameof(ComponentStatus.MajorOutage)), (Value(cut, "Severity"), Value(cut, "Status of API")));
        await Get<IncidentService>().EditAsync(id, 2, new IncidentEditInput("Theirs"), Stop);
        await ShownAsync(cut, () => Assert.Contains("“Theirs”", cut.Find("#Title-warning").TextContent, StringComparison.Ordinal));
        Assert.Equal("Mine", Value(cut, "Title"));

        // Appending is no conflict, and reverts nothing.
        await cut.Find("form").SubmitAsync();
        var now = (await Get<IncidentQueries>().FindAsync(id, Stop))!;
        Assert.Equal(("Theirs", IncidentSeverity.Critical, IncidentStatus.Identified), (now.Row.Title, now.Row.Severity, now.Row.Status));
        Assert.Equal(["Mine.", "Worse.", "Theirs.", "We are looking."], now.Updates.Select(update => update.Message));

        // The title was changed by both: it is not written over before the person has asked for theirs.
        await cut.Find("dialog form").SubmitAsync();
        Assert.Contains("Someone else changed this incident", cut.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        await Button(cut, "Reload").ClickAsync();
        await cut.Find("dialog form").SubmitAsync();
        now = (await Get<IncidentQueries>().FindAsync(id, Stop))!;
        Assert.Equal(("Mine", IncidentSeverity.Critical), (now.Row.Title, now.Row.Severity));
        Assert.Equal([new AffectedComponent(api, ComponentStatus.MajorOutage)], now.Affected);
    }

    [Fact]
    public async Task An_incident_that_somebody_else_resolves_says_so_and_keeps_the_text()
    {
        var id = await AddIncidentAsync(await AddPageAsync());
        var cut = OpenIncident(id);
        Type(cut, "Message", "Mine.");
        await Get<IncidentService>().PostUpdateAsync(id, 0, new IncidentUpdateInput(IncidentStatus.Resolved, "Over."), Bea, Stop);

        // Before the page has heard of it.
        await Button(cut, "Resolve").ClickAsync();
        Assert.Contains("Somebody else resolved this incident", cut.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal("Mine.", Value(cut, "Message"));
        await ShownAsync(cut, () => Assert.DoesNotContain(cut.FindAll("button"), button => button.TextContent.Trim() == "Resolve"));

        Assert.Equal("Mine.", Value(cut, "Message"));
        await cut.Find("form").SubmitAsync();
        var now = (await Get<IncidentQueries>().FindAsync(id, Stop))!;
        Assert.Equal(IncidentStatus.Resolved, now.Row.Status);
        Assert.Equal(["Mine.", "Over.", "We are looking."], now.Updates.Select(update => update.Message));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_incident_that_somebody_else_deletes(bool typing)
    {
        var id = await AddIncidentAsync(await AddPageAsync(), status: IncidentStatus.Resolved);
        var cut = OpenIncident(id);
        if (typing)
            Type(cut, "Message", "Mine.");

        await Get<IncidentService>().DeleteAsync(id, 0, keepDowntime: true, Stop);

        await ShownAsync(cut, () => Assert.Contains(typing ? "This incident was deleted" : "This incident does not exist", cut.Markup, StringComparison.Ordinal));
        if (!typing)
            return;
        await cut.Find("form").SubmitAsync();
        Assert.Contains("This incident no longer exists.", cut.Markup, StringComparison.Ordinal);
        Assert.Equal("Mine.", Value(cut, "Message"));
    }

    [Fact]
    public async Task The_components_with_a_status_that_is_chosen_and_not_published()
    {
        var page = await AddPageAsync();
        var api = await AddComponentAsync(page, "API");
        var mail = await AddComponentAsync(page, "Mail");
        var notification = await AddNotificationAsync();
        await AddNotificationAsync("Second");
        var cut = Open<ComponentList>();
        await cut.Find($"#status-{mail}").ChangeAsync(nameof(ComponentStatus.MajorOutage));
        Assert.Contains("Now Operational. 2 notifications will be sent.", Pending(), StringComparison.Ordinal);

        await Get<NotificationService>().SetEnabledAsync(notification, false, Stop);
        await ShownAsync(cut, () => Assert.Contains("1 notification will be sent.", Pending(), StringComparison.Ordinal));
        await Get<ComponentService>().SetStatusAsync(mail, ComponentStatus.Degraded, cancellationToken: Stop);
        await ShownAsync(cut, () => Assert.Contains("Now Degraded.", Pending(), StringComparison.Ordinal));
        var group = await Get<ComponentOrder>().AddGroupAsync(page, "Core", Stop);
        await Get<ComponentOrder>().MoveComponentAsync(mail, group, 0, Stop);
        await Get<ComponentService>().SetStatusAsync(api, ComponentStatus.Degraded, cancellationToken: Stop);
        await ShownAsync(cut, () => Assert.Equal(nameof(ComponentStatus.Degraded), cut.Find($"#status-{api}").GetAttribute("value")));

        Assert.Equal(nameof(ComponentStatus.MajorOutage), cut.Find($"#status-{mail}").GetAttribute("value"));
        await Get<ComponentService>().SetStatusAsync(mail, ComponentStatus.MajorOutage, cancellationToken: Stop);
        await ShownAsync(cut, () => Assert.Empty(cut.FindAll($"#pending-{mail}")));

        string Pending() => cut.Find($"#pending-{mail}").TextContent;
    }

    [Fact]
    public async Task A_choice_is_discarded_by_its_button_by_Escape_and_by_choosing_back()
    {
        var api = await AddComponentAsync(await AddPageAsync(), "API");
        var cut = Open<ComponentList>();

        await ChooseAsync(ComponentStatus.MajorOutage);
        Assert.Contains("No notifications will be sent.", cut.Find($"#pending-{api}").TextContent, StringComparison.Ordinal);
        await Button(cut, "Discard").ClickAsync();
        Discarded();
        await ChooseAsync(ComponentStatus.MajorOutage);
        await cut.Find($"#status-{api}").KeyDownAsync("Enter");
        Assert.NotEmpty(cut.FindAll($"#pending-{api}"));
        await cut.Find($"#status-{api}").KeyDownAsync("Escape");
        Discarded();
        await ChooseAsync(ComponentStatus.MajorOutage);
        await ChooseAsync(ComponentStatus.Operational);
        Discarded();
        Assert.Equal(ComponentStatus.Operational, (await Get<StatusPageQueries>().ComponentAsync(api, Stop))!.Status);

        Task ChooseAsync(ComponentStatus status) => cut.Find($"#status-{api}").ChangeAsync($"{status}");

        void Discarded()
        {
            Assert.Empty(cut.FindAll($"#pending-{api}"));
            Assert.Equal(nameof(ComponentStatus.Operational), cut.Find($"#status-{api}").GetAttribute("value"));
        }
    }

    [Fact]
    public async Task A_pages_page_and_a_components_page()
    {
        var page = await AddPageAsync();
        var api = await AddComponentAsync(page, "API");
        var site = Open<StatusPageForm>(p => p.Add(f => f.Id, page));
        var component = Open<ComponentForm>(p => p.Add(f => f.Id, api));
        site.WaitForElement(".content select");
        Type(site, "Description", "Mine");
        Type(component, "Description", "Mine");

        await AddComponentAsync(page, "Mail");
        await Get<ComponentService>().SetStatusAsync(api, ComponentStatus.Degraded, cancellationToken: Stop);
        await Get<StatusPageService>().UpdateAsync(page, 0, new StatusPageInput("Theirs", "main"), Stop);
        await ShownAsync(site, () => Assert.Contains("Mail", site.Find(".content").TextContent, StringComparison.Ordinal));

        // What is typed stays, and a save does not write over what was not seen.
        Assert.Equal(("Mine", "Main Status"), (Value(site, "Description"), Value(site, "Name")));
        Assert.Equal("Mine", Value(component, "Description"));
        await site.Find("form").SubmitAsync();
        Assert.Contains("Someone else changed this status page", site.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal("Theirs", (await Get<StatusPageQueries>().PageAsync(page, Stop))!.Name);
    }

    private IRenderedComponent<IncidentPage> OpenIncident(int id) => Open<IncidentPage>(p => p.Add(page => page.Id, id));

    private async Task ShownAsync<T>(IRenderedComponent<T> cut, Action assertion)
        where T : IComponent
    {
        await cut.InvokeAsync(() => { });
        Clock.Advance(LiveRefresh.Gather);
        cut.WaitForAssertion(assertion);
    }
}
