using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Incidents;

/// <summary>What is said where nobody types a message, and what comes from a template; and what is written about an incident once it is over.</summary>
public sealed class DefaultTextTests : IAsyncLifetime
{
    private static readonly Actor Ada = new("ada@example.com");
    private CoreApp _app = null!;
    private StatusPage _page = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IncidentService Incidents => _app.Get<IncidentService>();

    private IncidentDefaultTextService Texts => _app.Get<IncidentDefaultTextService>();

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync();
        _page = await _app.SampleDataAsync();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Each_status_has_a_text_from_the_start()
    {
        var id = await CreateAsync();
        foreach (var status in (IncidentStatus[])[IncidentStatus.Identified, IncidentStatus.Monitoring, IncidentStatus.Resolved, IncidentStatus.Investigating])
            await PostAsync(id, new(status, null));
        Assert.Equal(
            IncidentStatuses.All.Select(IncidentDefaultTexts.Standard).Order(),
            (await FindAsync(id)).Updates.SkipLast(1).Select(u => u.Message).Order());
    }

    [Fact]
    public async Task A_changed_text_is_said_with_its_variables_and_reaches_the_event()
    {
        await _app.Get<StatusPageService>().UpdateAsync(_page.Id, _page.Version, new StatusPageInput("Main Status", "main", TimeZone: "Europe/Berlin"), Stop);
        await Texts.SaveAsync(0, new(null, null, "  ", "{{ components }} on {{ page }} work again since {{ time }}. {{ x y }}"), Stop);
        var id = await CreateAsync(2, 1);
        await PostAsync(id, new(IncidentStatus.Resolved, null));

        const string said = "API and Website on Main Status work again since 14 Jan 2026, 13:00 (Europe/Berlin). {{ x y }}";
        var names = _page.Components.Where(c => c.Id is 1 or 2).OrderBy(c => c.Position).Select(c => c.Name).ToList();
        Assert.Equal(said.Replace("API and Website", string.Join(" and ", names), StringComparison.Ordinal), (await FindAsync(id)).Updates[0].Message);
        await using var db = _app.Open();
        var payload = (await db.Events.SingleAsync(e => e.Type == EventType.IncidentResolved, Stop)).Payload;
        Assert.Contains("work again since 14 Jan 2026, 13:00 (Europe/Berlin)", System.Text.Encoding.UTF8.GetString(payload), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_components_are_those_that_the_update_leaves()
    {
        await Texts.SaveAsync(0, new(null, "It is {{ components }}.", null, null), Stop);
        var id = await CreateAsync(1);
        await PostAsync(id, new(IncidentStatus.Identified, null) { Components = [new(2)] });
        Assert.Equal($"It is {_page.Components.Single(c => c.Id == 2).Name}.", (await FindAsync(id)).Updates[0].Message);
    }

    [Fact]
    public async Task What_somebody_types_is_sent_as_it_is_and_only_a_template_is_rendered()
    {
        const string typed = "{{ page }} {{ foo }} {{ time }}";
        var id = await CreateAsync();
        await PostAsync(id, new(IncidentStatus.Identified, typed));
        Assert.Equal(typed, (await FindAsync(id)).Updates[0].Message);
        var plain = await Incidents.CreateAsync(new(_page.Id, typed, IncidentSeverity.Minor, IncidentStatus.Investigating, typed, []), Ada, Stop);
        Assert.Equal((typed, typed), (await FindAsync(plain)).Row.Title is var title ? (title, (await FindAsync(plain)).Updates[0].Message) : default);
        var rendered = await FindAsync(await Incidents.CreateAsync(
            new(_page.Id, "{{ page }}", IncidentSeverity.Minor, IncidentStatus.Investigating, "{{ page }} at {{ time }}", []) { RendersTitle = true, RendersMessage = true }, Ada, Stop));
        Assert.Equal((_page.Name, $"{_page.Name} at 14 Jan 2026, 12:00 (UTC)"), (rendered.Row.Title, rendered.Updates[0].Message));
    }

    [Fact]
    public async Task Texts_with_a_variable_that_there_is_not_are_refused_beside_the_field()
    {
        var refused = await Assert.ThrowsAsync<InvalidInputException>(() => Texts.SaveAsync(0, new("{{ foo }}", "ok", null, "{{ bar }}"), Stop));
        Assert.Equal(["Investigating", "Resolved"], refused.Errors.Keys.Order());
        Assert.Contains("{{ page }}, {{ components }} and {{ time }}", refused.Errors["Resolved"], StringComparison.Ordinal);
        var template = await Assert.ThrowsAsync<InvalidInputException>(() => _app.Get<IncidentTemplateService>().AddAsync(
            new("T", "{{ name }}", IncidentSeverity.Minor, IncidentStatus.Identified, "{{ foo }}"), Stop));
        Assert.Equal(["Message", "Title"], template.Errors.Keys.Order());
        Assert.Equal(0, (await Texts.FindAsync(Stop)).Version);
    }

    [Fact]
    public async Task Of_two_who_change_them_from_the_same_state_one_is_refused()
    {
        var first = await Task.WhenAll(SaveAsync(0, "One."), SaveAsync(0, "Two."));
        Assert.Single(first, saved => saved);
        var seen = await Texts.FindAsync(Stop);
        Assert.True(seen.Version > 0);
        var second = await Task.WhenAll(SaveAsync(seen.Version, "Three."), SaveAsync(seen.Version, "Four."));
        Assert.Single(second, saved => saved);
        // An emptied one, and one like the standard, is the standard text.
        await Texts.SaveAsync((await Texts.FindAsync(Stop)).Version, new("", null, null, IncidentDefaultTexts.Standard(IncidentStatus.Resolved)), Stop);
        Assert.Equal(IncidentDefaultTexts.Standard(IncidentStatus.Resolved), (await Texts.FindAsync(Stop)).Of(IncidentStatus.Resolved));
        await using var db = _app.Open();
        Assert.Null((await db.IncidentDefaultTexts.SingleAsync(Stop)).Resolved);

        async Task<bool> SaveAsync(int version, string text)
        {
            try
            {
                await Texts.SaveAsync(version, new(null, null, null, text), Stop);
                return true;
            }
            catch (EditConflictException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task A_post_mortem_raises_nothing_survives_reopening_and_is_edited_from_the_version_that_was_seen()
    {
        var id = await CreateAsync();
        await Assert.ThrowsAsync<IllegalTransitionException>(() => Incidents.SavePostmortemAsync(id, 0, "Too soon.", "", Stop));
        await PostAsync(id, new(IncidentStatus.Resolved, null));
        var resolved = await FindAsync(id);
        var events = await EventsAsync();

        await Incidents.SavePostmortemAsync(id, resolved.Version, " A disk\r\nwas full. ", "", Stop);
        Assert.Equal("A disk\nwas full.", (await FindAsync(id)).Postmortem);
        await Assert.ThrowsAsync<EditConflictException>(() => Incidents.SavePostmortemAsync(id, resolved.Version, "Mine.", "", Stop));
        Assert.Equal(events, await EventsAsync());

        // An update that was posted meanwhile is no conflict.
        var written = await FindAsync(id);
        await PostAsync(id, new(IncidentStatus.Investigating, "Again."));
        Assert.Equal("A disk\nwas full.", (await FindAsync(id)).Postmortem);
        await PostAsync(id, new(IncidentStatus.Resolved, null));
        await Incidents.SavePostmortemAsync(id, written.Version, "", written.Postmortem, Stop);
        Assert.Null((await FindAsync(id)).Postmortem);
    }

    private Task<int> CreateAsync(params int[] components) => Incidents.CreateAsync(
        new(_page.Id, "API down", IncidentSeverity.None, IncidentStatus.Investigating, "First.", [.. components.Select(c => new AffectedComponent(c))]), Ada, Stop);

    private async Task PostAsync(int id, IncidentUpdateInput input) => await Incidents.PostUpdateAsync(id, (await FindAsync(id)).Version, input, Ada, Stop);

    private async Task<IncidentDetail> FindAsync(int id) => (await _app.Get<IncidentQueries>().FindAsync(id, Stop))!;

    private async Task<int> EventsAsync()
    {
        await using var db = _app.Open();
        return await db.Events.CountAsync(Stop);
    }
}
