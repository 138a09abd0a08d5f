using ATStatus.Admin.Features;
using ATStatus.Admin.Features.Incidents;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Access;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using Bunit;
using Microsoft.EntityFrameworkCore;
using MudBlazor;

namespace ATStatus.Tests.Features;

/// <summary>What an incident's page says without being told: default texts, templates' variables, who has been notified, the post-mortem.</summary>
public sealed class IncidentInOneMoveTests : FeatureTest
{
    private static readonly Actor Bea = new("bea@example.com");

    private IncidentDefaultTextService Texts => Get<IncidentDefaultTextService>();

    [Fact]
    public async Task Resolve_needs_no_typing()
    {
        await AddNotificationAsync();
        var id = await AddIncidentAsync(await AddPageAsync());
        var cut = OpenIncident(id);

        await Button(cut, "Resolve").ClickAsync();

        var incident = await FindAsync(id);
        Assert.Equal((IncidentStatus.Resolved, IncidentDefaultTexts.Standard(IncidentStatus.Resolved)), (incident.Row.Status, incident.Updates[0].Message));
        Assert.DoesNotContain(cut.FindAll("button"), button => button.TextContent.Trim() == "Resolve");
        Assert.Contains("The incident is resolved. It goes to 1 notification.", Said(), StringComparison.Ordinal);
        await using var db = await DbAsync();
        Assert.Equal(1, await db.Events.CountAsync(e => e.Type == EventType.IncidentResolved, Stop));
    }

    [Fact]
    public async Task A_chosen_status_shows_its_text_and_what_is_typed_is_never_written_over()
    {
        await Texts.SaveAsync(0, new(null, "We know it.", null, null), Stop);
        var id = await AddIncidentAsync(await AddPageAsync());
        var cut = OpenIncident(id);
        Assert.Equal("", Value(cut, "Message"));

        await Field(cut, "Status").ChangeAsync(nameof(IncidentStatus.Identified));
        Assert.Equal("We know it.", Value(cut, "Message"));
        await Field(cut, "Status").ChangeAsync(nameof(IncidentStatus.Monitoring));
        Assert.Equal(IncidentDefaultTexts.Standard(IncidentStatus.Monitoring), Value(cut, "Message"));
        // Another status' text that nobody touched is not what Resolve says.
        await Button(cut, "Resolve").ClickAsync();
        Assert.Equal(IncidentDefaultTexts.Standard(IncidentStatus.Resolved), (await FindAsync(id)).Updates[0].Message);

        Clock.Advance(TimeSpan.FromSeconds(1));
        Type(cut, "Message", "{{ page }} is back.");
        await Field(cut, "Status").ChangeAsync(nameof(IncidentStatus.Identified));
        Assert.Equal("{{ page }} is back.", Value(cut, "Message"));
        await cut.Find("form").SubmitAsync();
        Assert.Equal("{{ page }} is back.", (await FindAsync(id)).Updates[0].Message);
        // Typed, it is what Resolve says.
        Clock.Advance(TimeSpan.FromSeconds(1));
        Type(cut, "Message", "Over.");
        await Button(cut, "Resolve").ClickAsync();
        Assert.Equal("Over.", (await FindAsync(id)).Updates[0].Message);
    }

    [Fact]
    public async Task An_emptied_message_is_asked_for_unless_the_incident_is_resolved()
    {
        var id = await AddIncidentAsync(await AddPageAsync());
        var cut = OpenIncident(id);
        await Field(cut, "Status").ChangeAsync(nameof(IncidentStatus.Identified));
        Type(cut, "Message", "");
        await cut.Find("form").SubmitAsync();
        Assert.Equal("Message is required.", ErrorOf(cut, "Message"));
        await Button(cut, "Resolve").ClickAsync();
        Assert.Equal(IncidentStatus.Resolved, (await FindAsync(id)).Row.Status);
    }

    [Fact]
    public async Task Variables_of_a_default_text_follow_the_form_and_the_time_is_that_of_the_save()
    {
        await Texts.SaveAsync(0, new(null, "{{ components }} on {{ page }} at {{ time }}", null, null), Stop);
        var page = await AddPageAsync();
        var (api, mail) = (await AddComponentAsync(page, "API"), await AddComponentAsync(page, "Mail"));
        var id = await AddIncidentAsync(page, components: api);
        var cut = OpenIncident(id);

        await Field(cut, "Status").ChangeAsync(nameof(IncidentStatus.Identified));
        Assert.Equal("API on Main Status at {{ time }}", Value(cut, "Message"));
        Assert.Contains("replaced when you save", cut.Find("#Message-help").TextContent, StringComparison.Ordinal);
        await cut.FindAll("#Components input")[1].ChangeAsync(true);
        Assert.Equal("API and Mail on Main Status at {{ time }}", Value(cut, "Message"));
        Clock.Advance(TimeSpan.FromMinutes(5));
        await cut.Find("form").SubmitAsync();

        Assert.Equal("API and Mail on Main Status at 14 Jan 2026, 12:05 (UTC)", (await FindAsync(id)).Updates[0].Message);
        Assert.Contains(mail, (await FindAsync(id)).ComponentIds);
    }

    [Fact]
    public async Task A_template_is_filled_in_for_the_page_and_what_is_left_is_replaced_at_the_save()
    {
        var page = await AddPageAsync();
        await AddPageAsync("Other", "other");
        await AddComponentAsync(page, "API");
        await Get<IncidentTemplateService>().AddAsync(
            new("Outage", "{{ components }} down", IncidentSeverity.Minor, IncidentStatus.Investigating, "{{ page }} at {{ time }}."), Stop);
        var template = (await Get<IncidentTemplateService>().ListAsync(Stop))[0];
        var cut = Open<IncidentForm>();

        // No page is chosen: nothing is known yet.
        await Field(cut, "Template").ChangeAsync($"{template.Id}");
        Assert.Equal("{{ components }} down", Value(cut, "Title"));
        await Field(cut, "Status page").ChangeAsync($"{page}");
        Assert.Equal("Main Status down", Value(cut, "Title"));
        await cut.Find("#Components input").ChangeAsync(true);
        Assert.Equal(("API down", "Main Status at {{ time }}."), (Value(cut, "Title"), Value(cut, "Message")));
        // Typed in, it follows no more, and the time that the template left is still replaced.
        Type(cut, "Message", "Main Status at {{ time }}, so it seems.");
        Type(cut, "Title", "API is down {{ time }}");
        await cut.Find("form").SubmitAsync();

        var row = Assert.Single(await Get<IncidentQueries>().ListAsync(cancellationToken: Stop));
        Assert.Equal("API is down {{ time }}", row.Title);
        Assert.Equal("Main Status at 14 Jan 2026, 12:00 (UTC), so it seems.", (await FindAsync(row.Id)).Updates[0].Message);
    }

    [Fact]
    public async Task A_template_that_is_saved_from_a_filled_in_form_keeps_its_variables()
    {
        await AddPageAsync();
        await Get<IncidentTemplateService>().AddAsync(new("One", "{{ page }} down", IncidentSeverity.Minor, IncidentStatus.Investigating, "{{ page }}."), Stop);
        var cut = Open<IncidentForm>();
        await Field(cut, "Template").ChangeAsync($"{(await Get<IncidentTemplateService>().ListAsync(Stop))[0].Id}");
        Assert.Equal("Main Status down", Value(cut, "Title"));
        await Button(cut, "Save as template").ClickAsync();
        Type(cut, "Template name", "Two");
        await cut.Find(".saver form").SubmitAsync();
        Assert.Equal(["{{ page }} down", "{{ page }} down"], (await Get<IncidentTemplateService>().ListAsync(Stop)).Select(t => t.Title));
    }

    [Fact]
    public async Task Default_texts_are_edited_one_field_for_each_status()
    {
        var cut = Open<TemplateList>();
        Assert.Equal(["Default texts"], cut.FindAll("h2").Select(h => h.TextContent));
        Assert.Equal(IncidentStatuses.All.Select(IncidentDefaultTexts.Standard), IncidentStatuses.All.Select(status => Value(cut, status.Label())));

        Type(cut, "Resolved", "{{ foo }}");
        await cut.Find("form").SubmitAsync();
        Assert.Contains("{{ page }}, {{ components }} and {{ time }}", ErrorOf(cut, "Resolved"), StringComparison.Ordinal);
        Type(cut, "Resolved", "{{ page }} works again.");
        Type(cut, "Monitoring", "");
        await cut.Find("form").SubmitAsync();

        Assert.Equal("{{ page }} works again.", (await Texts.FindAsync(Stop)).Of(IncidentStatus.Resolved));
        Assert.Equal(IncidentDefaultTexts.Standard(IncidentStatus.Monitoring), Value(cut, "Monitoring"));
        Assert.Contains("Default texts saved", Said(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Default_texts_that_somebody_else_changed_are_not_written_over()
    {
        var cut = Open<TemplateList>();
        Type(cut, "Resolved", "Mine.");
        await Texts.SaveAsync(0, new("Theirs, too.", null, null, "Theirs."), Stop);
        await FollowAsync(cut, () => Assert.Equal("Theirs, too.", Value(cut, "Investigating")));
        Assert.Equal("Mine.", Value(cut, "Resolved"));

        await cut.Find("form").SubmitAsync();
        Assert.Contains("Someone else changed", cut.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        await Button(cut, "Reload").ClickAsync();
        Assert.Contains("“Theirs.”", cut.Find("#Resolved-warning").TextContent, StringComparison.Ordinal);
        await cut.Find("form").SubmitAsync();
        Assert.Empty(cut.FindAll("[role=alert]").Select(a => a.TextContent));
        var saved = await Texts.FindAsync(Stop);
        Assert.Equal(("Theirs, too.", "Mine."), (saved.Of(IncidentStatus.Investigating), saved.Of(IncidentStatus.Resolved)));
    }

    [Fact]
    public async Task A_post_mortem_is_written_on_a_resolved_incident_and_shown_on_one_that_opened_again()
    {
        var id = await AddIncidentAsync(await AddPageAsync());
        var cut = OpenIncident(id);
        Assert.DoesNotContain("Post-mortem", cut.Markup, StringComparison.Ordinal);
        await Button(cut, "Resolve").ClickAsync();

        Type(cut, "Post-mortem", "A disk was full.");
        // What somebody else writes meanwhile stays beside it.
        var seen = await FindAsync(id);
        await Get<IncidentService>().SavePostmortemAsync(id, seen.Version, "Theirs.", "", Stop);
        await Form(cut).SubmitAsync();
        Assert.Contains("Someone else changed this incident", cut.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        await Button(cut, "Reload").ClickAsync();
        Assert.Contains("“Theirs.”", cut.Find("#Postmortem-warning").TextContent, StringComparison.Ordinal);
        await Form(cut).SubmitAsync();
        Assert.Equal("A disk was full.", (await FindAsync(id)).Postmortem);

        await Get<IncidentService>().PostUpdateAsync(id, (await FindAsync(id)).Version, new(IncidentStatus.Investigating, null), Bea, Stop);
        await FollowAsync(cut, () => Assert.Equal("A disk was full.", cut.Find(".postmortem").TextContent));
        Assert.Empty(cut.FindAll("#Postmortem"));

        static AngleSharp.Dom.IElement Form(IRenderedComponent<IncidentPage> cut) => cut.Find("form:has(#Postmortem)");
    }

    [Fact]
    public async Task A_viewer_reads_the_post_mortem_and_sees_who_has_been_notified()
    {
        var id = await AddIncidentAsync(await AddPageAsync(), status: IncidentStatus.Resolved);
        await Get<IncidentService>().SavePostmortemAsync(id, 0, "A disk was full.", "", Stop);
        Get<CurrentUser>().Principal = SessionPrincipal.Of(
            new SessionState(Guid.NewGuid(), Guid.NewGuid(), "viewer@example.com", Roles.Viewer, false, false, default, default, DateTime.MaxValue), "192.0.2.7");
        var cut = OpenIncident(id);
        Assert.Equal("A disk was full.", cut.Find("section[aria-labelledby=postmortem-heading] p").TextContent);
        Assert.DoesNotContain(cut.FindAll("button"), button => button.TextContent.Trim() == "Save post-mortem");
        Assert.Equal("sent to no notifications", Progress(cut));
    }

    [Fact]
    public async Task A_resolved_incident_shows_no_statuses_of_components_until_it_is_to_open_again()
    {
        var page = await AddPageAsync();
        var api = await AddComponentAsync(page, "API");
        var id = await Get<IncidentService>().CreateAsync(
            new(page, "API down", IncidentSeverity.Major, IncidentStatus.Investigating, "We look.", [new(api, ComponentStatus.PartialOutage)]), Bea, Stop);
        var cut = OpenIncident(id);
        Assert.Equal(nameof(ComponentStatus.PartialOutage), Value(cut, "Status of API"));
        await Button(cut, "Resolve").ClickAsync();
        Assert.DoesNotContain("Status of API", cut.Markup, StringComparison.Ordinal);
        Assert.True(cut.Find("#Components input").HasAttribute("checked"));
        await Button(cut, "Reopen").ClickAsync();
        Assert.Equal((nameof(ComponentStatus.PartialOutage), IncidentDefaultTexts.Standard(IncidentStatus.Investigating)), (Value(cut, "Status of API"), Value(cut, "Message")));
    }

    [Fact]
    public async Task The_page_says_how_far_the_latest_update_has_come_and_follows()
    {
        for (var i = 0; i < 6; i++)
            await AddNotificationAsync($"Channel {i}");
        var off = await AddNotificationAsync("Off");
        await Get<NotificationService>().SetEnabledAsync(off, false, Stop);
        var id = await AddIncidentAsync(await AddPageAsync());
        var cut = OpenIncident(id);
        Assert.Equal($"admin/incidents/{id}/told", cut.Find(".delivery-progress a").GetAttribute("href"));
        Assert.Equal("0 of 6 delivered, 6 being sent, 1 skipped", Progress(cut));

        await using (var db = await DbAsync())
        {
            var ids = await db.Deliveries.OrderBy(d => d.Id).Select(d => d.Id).ToListAsync(Stop);
            await SetAsync(ids[..2], DeliveryState.Delivered);
            await SetAsync(ids[2..3], DeliveryState.Failed);
            await SetAsync(ids[3..4], DeliveryState.Retrying);
            await db.Deliveries.Where(d => d.Id == ids[4]).ExecuteUpdateAsync(d => d.SetProperty(x => x.Hold, HoldReason.Paused), Stop);

            Task SetAsync(List<long> some, DeliveryState state) =>
                db.Deliveries.Where(d => some.Contains(d.Id)).ExecuteUpdateAsync(d => d.SetProperty(x => x.State, state), Stop);
        }
        Clock.Advance(LiveRefresh.Usual);
        cut.WaitForAssertion(() => Assert.Equal("2 of 6 delivered, 1 being sent, 1 retrying, 1 failed, 1 on hold, 1 skipped", Progress(cut)));

        // A newer update counts by itself.
        Type(cut, "Message", "Found.");
        await cut.Find("form").SubmitAsync();
        Assert.Equal("0 of 6 delivered, 6 being sent, 1 skipped", Progress(cut));
        Assert.Contains("Saved. The update is posted. It goes to 6 notifications.", Said(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_save_says_how_many_notifications_it_goes_to_or_that_it_goes_to_none()
    {
        var page = await AddPageAsync();
        var api = await AddComponentAsync(page, "API");
        await AddNotificationAsync();
        await Get<NotificationService>().CreateAsync(
            new NotificationInput("webhook", "Components", new("https://test-receiver.invalid/"), new([EventType.ComponentStatusChanged])), Stop);
        var cut = Open<IncidentForm>();
        Type(cut, "Title", "API down");
        Type(cut, "Message", "We look.");
        await cut.FindAll("#Components input")[0].ChangeAsync(true);
        await cut.Find("form").SubmitAsync();
        // Its two events go to two: each counts once.
        Assert.Contains("Saved. It goes to 2 notifications.", Said(), StringComparison.Ordinal);

        var row = Assert.Single(await Get<IncidentQueries>().ListAsync(cancellationToken: Stop));
        var shown = OpenIncident(row.Id);
        Type(shown, "Message", "Quietly.");
        await Field(shown, "Do not notify", "section[aria-labelledby=post-heading]").ChangeAsync(true);
        await shown.Find("form").SubmitAsync();
        Assert.Contains("The update is posted. It goes to no notifications.", Said(), StringComparison.Ordinal);
        Assert.NotEqual(0, api);
    }

    private string Said() => string.Join('\n', Get<ISnackbar>().ShownSnackbars.Select(bar => bar.Message?.ToString()));

    private static string Progress(IRenderedComponent<IncidentPage> cut) => cut.Find(".delivery-progress a").TextContent;

    private async Task FollowAsync(IRenderedComponent<Microsoft.AspNetCore.Components.IComponent> cut, Action assertion)
    {
        await cut.InvokeAsync(() => { });
        Clock.Advance(LiveRefresh.Gather);
        cut.WaitForAssertion(assertion);
    }

    private async Task<IncidentDetail> FindAsync(int id) => (await Get<IncidentQueries>().FindAsync(id, Stop))!;

    private IRenderedComponent<IncidentPage> OpenIncident(int id) => Open<IncidentPage>(p => p.Add(page => page.Id, id));
}
