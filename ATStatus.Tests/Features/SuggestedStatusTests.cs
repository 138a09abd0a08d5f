using ATStatus.Admin.Features;
using ATStatus.Admin.Features.Incidents;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.StatusPages;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Tests.Features;

/// <summary>What a form suggests for a component during an incident, shows, and saves: the three agree.</summary>
public sealed class SuggestedStatusTests : FeatureTest
{
    private static readonly Actor Bea = new("bea@example.com");

    [Fact]
    public async Task A_suggestion_is_never_better_than_the_components_own_status_and_a_choice_is_taken()
    {
        var page = await AddPageAsync();
        var (api, mail) = (await AddComponentAsync(page, "API", ComponentStatus.PartialOutage), await AddComponentAsync(page, "Mail", ComponentStatus.PartialOutage));
        var cut = Open<IncidentForm>();
        await TickAsync(cut, 0);
        await TickAsync(cut, 1);
        Assert.Equal(nameof(ComponentStatus.PartialOutage), Value(cut, "Status of API"));
        Assert.Contains("Components keep these statuses until the incident is resolved.", cut.Markup, StringComparison.Ordinal);

        await Field(cut, "Status of Mail").ChangeAsync(nameof(ComponentStatus.Degraded));
        await Field(cut, "Severity").ChangeAsync(nameof(IncidentSeverity.Critical));
        Assert.Equal(nameof(ComponentStatus.MajorOutage), Value(cut, "Status of API"));
        await Field(cut, "Severity").ChangeAsync(nameof(IncidentSeverity.Minor));
        Assert.Equal(nameof(ComponentStatus.PartialOutage), Value(cut, "Status of API"));
        await SaveAsync(cut);

        Assert.Equal(ComponentStatus.PartialOutage, await StatusAsync(api));
        Assert.Equal(ComponentStatus.Degraded, await StatusAsync(mail));
    }

    [Fact]
    public async Task No_change_can_be_chosen_and_severity_none_suggests_it()
    {
        var page = await AddPageAsync();
        var api = await AddComponentAsync(page, "API");
        var cut = Open<IncidentForm>();
        await TickAsync(cut, 0);
        Assert.Equal(nameof(ComponentStatus.Degraded), Value(cut, "Status of API"));
        Assert.Equal("No change", Field(cut, "Status of API").QuerySelector("option[value='']")!.TextContent);
        await Field(cut, "Severity").ChangeAsync(nameof(IncidentSeverity.None));
        Assert.Equal("", Value(cut, "Status of API"));

        await SaveAsync(cut);
        Assert.Equal(ComponentStatus.Operational, await StatusAsync(api));
    }

    [Fact]
    public async Task A_suggestion_follows_an_own_status_that_somebody_sets_while_the_form_is_open()
    {
        var page = await AddPageAsync();
        var api = await AddComponentAsync(page, "API");
        var cut = Open<IncidentForm>();
        await TickAsync(cut, 0);
        Type(cut, "Title", "API is slow");

        await Get<ComponentService>().SetStatusAsync(api, ComponentStatus.MajorOutage, cancellationToken: Stop);
        await ShownAsync(cut, () => Assert.Equal(nameof(ComponentStatus.MajorOutage), Value(cut, "Status of API")));
        Assert.Equal("API is slow", Value(cut, "Title"));
    }

    [Fact]
    public async Task A_raised_severity_takes_along_what_nobody_chose_and_a_lowered_one_nothing()
    {
        var page = await AddPageAsync();
        var (api, mail, shop) = (await AddComponentAsync(page, "API"), await AddComponentAsync(page, "Mail"), await AddComponentAsync(page, "Shop"));
        var id = await Get<IncidentService>().CreateAsync(
            new IncidentInput(page, "API down", IncidentSeverity.Major, IncidentStatus.Investigating, "We are looking.",
                [new(api, ComponentStatus.PartialOutage, IsChosen: false), new(mail, ComponentStatus.Degraded), new(shop)]), Bea, Stop);
        var cut = Open<IncidentPage>(p => p.Add(incident => incident.Id, id));

        await Field(cut, "Severity").ChangeAsync(nameof(IncidentSeverity.Minor));
        Assert.Equal(Statuses(nameof(ComponentStatus.PartialOutage)), Shown(cut));
        await Field(cut, "Severity").ChangeAsync(nameof(IncidentSeverity.Critical));
        Assert.Equal(Statuses(nameof(ComponentStatus.MajorOutage)), Shown(cut));
        await Field(cut, "Severity").ChangeAsync(nameof(IncidentSeverity.Major));
        Assert.Equal(Statuses(nameof(ComponentStatus.PartialOutage)), Shown(cut));
        Assert.Empty(cut.FindAll("[data-unsaved]"));

        await Field(cut, "Severity").ChangeAsync(nameof(IncidentSeverity.Critical));
        Type(cut, "Message", "It is worse.");
        await cut.Find("form").SubmitAsync();
        Assert.Equal(Statuses(nameof(ComponentStatus.MajorOutage)), Shown(cut));
        Assert.Equal(
            (ComponentStatus.MajorOutage, ComponentStatus.Degraded, ComponentStatus.Operational),
            (await StatusAsync(api), await StatusAsync(mail), await StatusAsync(shop)));

        static (string?, string?, string?) Statuses(string api) => (api, nameof(ComponentStatus.Degraded), "");

        static (string?, string?, string?) Shown(IRenderedComponent<IncidentPage> cut) =>
            (Value(cut, "Status of API"), Value(cut, "Status of Mail"), Value(cut, "Status of Shop"));
    }

    [Fact]
    public async Task A_component_that_is_unticked_and_ticked_again_is_what_it_was()
    {
        var page = await AddPageAsync();
        var api = await AddComponentAsync(page, "API");
        var id = await Get<IncidentService>().CreateAsync(
            new IncidentInput(page, "API down", IncidentSeverity.Minor, IncidentStatus.Investigating, "We are looking.", [new(api, ComponentStatus.MajorOutage)]),
            Bea, Stop);
        var cut = Open<IncidentPage>(p => p.Add(incident => incident.Id, id));

        await TickAsync(cut, 0, on: false);
        Assert.NotEmpty(cut.FindAll("[data-unsaved]"));
        await TickAsync(cut, 0);
        Assert.Equal(nameof(ComponentStatus.MajorOutage), Value(cut, "Status of API"));
        Assert.Empty(cut.FindAll("[data-unsaved]"));
    }

    [Fact]
    public async Task What_somebody_sets_by_hand_meanwhile_shows_and_is_not_written_over()
    {
        var page = await AddPageAsync();
        var (api, mail) = (await AddComponentAsync(page, "API"), await AddComponentAsync(page, "Mail"));
        var id = await Get<IncidentService>().CreateAsync(
            new IncidentInput(page, "API down", IncidentSeverity.Major, IncidentStatus.Investigating, "We are looking.",
                [new(api, ComponentStatus.PartialOutage), new(mail, ComponentStatus.PartialOutage)]), Bea, Stop);
        var cut = Open<IncidentPage>(p => p.Add(incident => incident.Id, id));
        await Field(cut, "Status of Mail").ChangeAsync(nameof(ComponentStatus.MajorOutage));
        await Get<ComponentService>().SetStatusAsync(api, ComponentStatus.Degraded, cancellationToken: Stop);
        await ShownAsync(cut, () => Assert.Equal(nameof(ComponentStatus.Degraded), Value(cut, "Status of API")));
        await Get<ComponentService>().SetStatusAsync(mail, ComponentStatus.Degraded, cancellationToken: Stop);
        await ShownAsync(cut, () => Assert.Contains("Mail (Degraded)", cut.Find("#Components-warning").TextContent, StringComparison.Ordinal));
        Assert.Equal(nameof(ComponentStatus.MajorOutage), Value(cut, "Status of Mail"));

        // Mail was changed by both: refused, until the person has asked for theirs.
        Type(cut, "Message", "Mail is down.");
        await cut.Find("form").SubmitAsync();
        Assert.Contains("Someone else changed the status of Mail", cut.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal((ComponentStatus.Degraded, ComponentStatus.Degraded), (await StatusAsync(api), await StatusAsync(mail)));
        await Button(cut, "Reload").ClickAsync();
        await cut.Find("form").SubmitAsync();

        Assert.Equal((ComponentStatus.Degraded, ComponentStatus.MajorOutage), (await StatusAsync(api), await StatusAsync(mail)));
    }

    private static Task TickAsync(IRenderedComponent<IComponent> cut, int component, bool on = true) =>
        cut.FindAll("#Components input[type=checkbox]")[component].ChangeAsync(on);

    private static Task SaveAsync(IRenderedComponent<IncidentForm> cut)
    {
        Type(cut, "Title", "API is slow");
        Type(cut, "Message", "We are looking.");
        return cut.Find("form").SubmitAsync();
    }

    private async Task<ComponentStatus> StatusAsync(int id) => (await Get<StatusPageQueries>().ComponentAsync(id, Stop))!.Status;

    private async Task ShownAsync<T>(IRenderedComponent<T> cut, Action assertion)
        where T : IComponent
    {
        await cut.InvokeAsync(() => { });
        Clock.Advance(LiveRefresh.Gather);
        cut.WaitForAssertion(assertion);
    }
}
