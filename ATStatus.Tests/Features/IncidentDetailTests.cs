using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Features.Incidents;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Problems;
using Bunit;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Features;

/// <summary>What an incident's forms do beyond their plain fields.</summary>
public sealed class IncidentDetailTests : FeatureTest
{
    private static readonly Actor Bea = new("bea@example.com");

    [Fact]
    public async Task Suggested_statuses_follow_the_severity_until_touched()
    {
        var page = await AddPageAsync();
        var (api, mail) = (await AddComponentAsync(page, "API"), await AddComponentAsync(page, "Mail"));
        var cut = Open<IncidentForm>();
        await cut.FindAll("#Components input")[0].ChangeAsync(true);
        await cut.FindAll("#Components input")[1].ChangeAsync(true);
        Assert.Equal(nameof(ComponentStatus.Degraded), Value(cut, "Status of API"));

        await Field(cut, "Status of API").ChangeAsync("");
        await Field(cut, "Severity").ChangeAsync(nameof(IncidentSeverity.Critical));
        Assert.Equal("", Value(cut, "Status of API"));
        Assert.Equal(nameof(ComponentStatus.MajorOutage), Value(cut, "Status of Mail"));
        Assert.Equal(nameof(IncidentStatus.Investigating), Value(cut, "Status"));

        Type(cut, "Title", "Mail is down");
        Type(cut, "Message", "We are looking.");
        await cut.Find("form").SubmitAsync();
        var row = Assert.Single(await Get<IncidentQueries>().ListAsync(cancellationToken: Stop));
        Assert.Equivalent(
            new[] { new AffectedComponent(api), new AffectedComponent(mail, ComponentStatus.MajorOutage, IsChosen: false) },
            (await Get<IncidentQueries>().FindAsync(row.Id, Stop))!.Affected);
    }

    [Fact]
    public async Task In_an_update_what_was_chosen_before_stays_and_what_is_newly_ticked_follows()
    {
        var page = await AddPageAsync();
        var api = await AddComponentAsync(page, "API");
        await AddComponentAsync(page, "Mail");
        var cut = OpenIncident(await AddIncidentAsync(page, components: api));

        await cut.FindAll("#Components input")[1].ChangeAsync(true);
        Assert.Equal(nameof(ComponentStatus.PartialOutage), Value(cut, "Status of Mail"));
        await Field(cut, "Severity").ChangeAsync(nameof(IncidentSeverity.Minor));

        Assert.Equal("", Value(cut, "Status of API"));
        Assert.Equal(nameof(ComponentStatus.Degraded), Value(cut, "Status of Mail"));
    }

    [Fact]
    public async Task A_preview_names_the_notifications_and_writes_nothing()
    {
        await AddNotificationAsync("Main channel");
        await AddPageAsync();
        var cut = Open<IncidentForm>();
        await Button(cut, "Preview").ClickAsync();
        Assert.Equal("Title is required.", ErrorOf(cut, "Title"));
        Assert.Empty(cut.FindAll(".preview"));

        Type(cut, "Title", "API down");
        Type(cut, "Message", "We are looking.");
        await Button(cut, "Preview").ClickAsync();

        var preview = cut.Find(".preview").TextContent;
        Assert.All(
            ["incident.created", "Main channel", "will be sent", "\"title\": \"API down\""],
            text => Assert.Contains(text, preview, StringComparison.Ordinal));
        Assert.Equal((0, 0, 0), await CountsAsync());

        Type(cut, "Title", "API is down");
        Assert.Empty(cut.FindAll(".preview"));
        await Button(cut, "Preview").ClickAsync();
        await cut.Find("form").SubmitAsync();
        Assert.Equal((1, 1, 1), await CountsAsync());
    }

    [Fact]
    public async Task Updates_and_edits_are_previewed_too()
    {
        await AddNotificationAsync("Main channel");
        var cut = OpenIncident(await AddIncidentAsync(await AddPageAsync()));
        var before = await CountsAsync();

        Type(cut, "Message", "Over.");
        await Field(cut, "Status").ChangeAsync(nameof(IncidentStatus.Resolved));
        await Previewing(cut, 0).ClickAsync();
        Assert.Contains("incident.resolved", cut.Find(".preview").TextContent, StringComparison.Ordinal);
        await Button(cut, "Edit").ClickAsync();
        await Previewing(cut, 1).ClickAsync();
        Assert.Contains("raises no event", cut.FindAll(".preview")[1].TextContent, StringComparison.Ordinal);

        Type(cut, "Title", "Another");
        await Field(cut, "Do not notify", "dialog").ChangeAsync(true);
        await Previewing(cut, 1).ClickAsync();
        Assert.All(
            ["incident.updated", "skipped"],
            text => Assert.Contains(text, cut.FindAll(".preview")[1].TextContent, StringComparison.Ordinal));
        Assert.Equal(before, await CountsAsync());
    }

    [Fact]
    public async Task Do_not_notify_skips_the_deliveries_of_one_save()
    {
        await AddNotificationAsync();
        await AddPageAsync();
        var form = Open<IncidentForm>();
        Type(form, "Title", "API down");
        Type(form, "Message", "We are looking.");
        await Field(form, "Do not notify").ChangeAsync(true);
        await form.Find("form").SubmitAsync();

        var cut = OpenIncident((await Get<IncidentQueries>().ListAsync(cancellationToken: Stop))[0].Id);
        const string post = "section[aria-labelledby=post-heading]";
        Type(cut, "Message", "Quietly.");
        await Field(cut, "Do not notify", post).ChangeAsync(true);
        await cut.Find("form").SubmitAsync();
        Assert.False(Field(cut, "Do not notify", post).HasAttribute("checked"));
        Clock.Advance(TimeSpan.FromSeconds(1));
        Type(cut, "Message", "Loudly.");
        await cut.Find("form").SubmitAsync();

        await using var db = await DbAsync();
        Assert.Equal(
            [DeliveryState.Skipped, DeliveryState.Skipped, DeliveryState.Pending],
            await db.Deliveries.OrderBy(d => d.Id).Select(d => d.State).ToListAsync(Stop));
    }

    [Fact]
    public async Task A_start_in_the_future_is_refused_and_one_in_the_past_is_kept()
    {
        await AddPageAsync();
        var cut = Open<IncidentForm>();
        Type(cut, "Title", "API down");
        Type(cut, "Message", "We are looking.");
        Type(cut, "Started", "2026-01-14T13:00");
        await cut.Find("form").SubmitAsync();
        Assert.Equal("An incident cannot begin in the future.", ErrorOf(cut, "StartedAt"));

        Type(cut, "Started", "2026-01-14T09:30");
        await cut.Find("form").SubmitAsync();
        var row = Assert.Single(await Get<IncidentQueries>().ListAsync(cancellationToken: Stop));
        Assert.Equal(new DateTime(2026, 1, 14, 9, 30, 0, DateTimeKind.Utc), row.StartedAt);

        var page = OpenIncident(row.Id);
        await Button(page, "Edit").ClickAsync();
        Assert.Equal("2026-01-14T09:30", Value(page, "Started"));
        Type(page, "Started", "2026-01-15T00:00");
        await page.Find("dialog form").SubmitAsync();
        Assert.Equal("An incident cannot begin in the future.", ErrorOf(page, "StartedAt"));
    }

    [Fact]
    public async Task A_correction_raises_nothing_and_bad_input_stays()
    {
        var id = await AddIncidentAsync(await AddPageAsync());
        var before = await CountsAsync();
        var cut = OpenIncident(id);

        await Button(cut, "Edit message").ClickAsync();
        Assert.Equal("We are looking.", Value(cut, "Corrected message"));
        Assert.Contains("raises no event", cut.Find(".timeline").TextContent, StringComparison.Ordinal);
        Type(cut, "Corrected message", " ");
        await cut.Find(".timeline form").SubmitAsync();
        Assert.Equal("Message is required.", ErrorOf(cut, "CorrectedMessage"));

        Type(cut, "Corrected message", "We are looking into it.");
        await cut.Find(".timeline form").SubmitAsync();

        Assert.Equal("We are looking into it.", cut.Find(".timeline .message").TextContent);
        Assert.Equal(before, await CountsAsync());
    }

    [Fact]
    public async Task A_correction_of_an_older_state_is_refused_and_stays_typed()
    {
        var id = await AddIncidentAsync(await AddPageAsync());
        var cut = OpenIncident(id);
        await Button(cut, "Edit message").ClickAsync();
        Type(cut, "Corrected message", "Mine.");
        var seen = (await Get<IncidentQueries>().FindAsync(id, Stop))!;
        await Get<IncidentService>().CorrectMessageAsync(id, seen.Version, seen.Updates[0].Id, "Theirs.", cancellationToken: Stop);

        await cut.Find(".timeline form").SubmitAsync();
        Assert.Contains("Someone else changed this incident", cut.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        await Button(cut, "Reload").ClickAsync();
        Assert.Equal("Mine.", Value(cut, "Corrected message"));
        await cut.Find(".timeline form").SubmitAsync();

        Assert.Equal(["Mine."], cut.FindAll(".timeline .message").Select(message => message.TextContent));
    }

    [Fact]
    public async Task An_edit_of_an_older_state_is_refused_and_says_what_the_other_one_saved()
    {
        var id = await AddIncidentAsync(await AddPageAsync(), status: IncidentStatus.Resolved);
        Clock.Advance(TimeSpan.FromSeconds(90));
        var cut = OpenIncident(id);
        await Button(cut, "Edit").ClickAsync();
        Type(cut, "Title", "Mine");
        Type(cut, "Started", "2026-01-14T09:00");
        Type(cut, "Ended", "2026-01-14T10:00");
        await Get<IncidentService>().EditAsync(id, 0, new IncidentEditInput("Theirs", At(8), At(11)), Stop);

        await cut.Find("dialog form").SubmitAsync();
        Assert.Contains("Someone else changed this incident", cut.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal("Theirs", (await Get<IncidentQueries>().FindAsync(id, Stop))!.Row.Title);
        await Button(cut, "Reload").ClickAsync();

        Assert.Equal(("Mine", "2026-01-14T09:00", "2026-01-14T10:00"), (Value(cut, "Title"), Value(cut, "Started"), Value(cut, "Ended")));
        Assert.All(
            [("Title", "“Theirs”"), ("StartedAt", "14 Jan 2026, 08:00"), ("EndedAt", "14 Jan 2026, 11:00")],
            warning => Assert.Contains(warning.Item2, cut.Find($"#{warning.Item1}-warning").TextContent, StringComparison.Ordinal));
        Assert.Contains("2026-01-14T08:00:00Z", cut.Find("#StartedAt-warning time").GetAttribute("title"), StringComparison.Ordinal);
        await cut.Find("dialog form").SubmitAsync();
        var row = (await Get<IncidentQueries>().FindAsync(id, Stop))!.Row;
        Assert.Equal(("Mine", At(9), At(10)), (row.Title, row.StartedAt, row.EndedAt));
    }

    [Fact]
    public async Task Reopening_is_an_update_with_a_message()
    {
        var id = await AddIncidentAsync(await AddPageAsync(), status: IncidentStatus.Resolved);
        var cut = OpenIncident(id);

        await Button(cut, "Reopen").ClickAsync();
        Assert.Equal(nameof(IncidentStatus.Investigating), Value(cut, "Status"));
        Assert.Equal("Message", JSInterop.Invocations["atstatus.focus"][^1].Arguments[0]);
        Assert.Contains("opens the incident again", cut.Markup, StringComparison.Ordinal);
        Type(cut, "Message", "It is back.");
        await cut.Find("form").SubmitAsync();

        var row = (await Get<IncidentQueries>().FindAsync(id, Stop))!.Row;
        Assert.Equal((IncidentStatus.Investigating, null), (row.Status, row.ResolvedAt));
        Assert.DoesNotContain(cut.FindAll("button"), button => button.TextContent.Trim() == "Reopen");
        await using var db = await DbAsync();
        Assert.Equal(1, await db.Events.CountAsync(e => e.Type == EventType.IncidentUpdated, Stop));
    }

    [Fact]
    public async Task An_open_incident_is_not_deleted()
    {
        var id = await AddIncidentAsync(await AddPageAsync(), status: IncidentStatus.Resolved);
        var dialog = Render<ConfirmDialog>();
        var stale = OpenIncident(id);
        await Get<IncidentService>().PostUpdateAsync(id, 0, new IncidentUpdateInput(IncidentStatus.Monitoring, "Back."), Bea, Stop);
        var refused = await Assert.ThrowsAsync<IllegalTransitionException>(() => Get<IncidentService>().DeleteAsync(id, 1, keepDowntime: true, Stop));
        Assert.Contains("Resolve it first", refused.Message, StringComparison.Ordinal);

        var deleting = Button(stale, "Delete incident").ClickAsync();
        await AnswerAsync(dialog, yes: true);
        await deleting;

        Assert.NotNull(await Get<IncidentQueries>().FindAsync(id, Stop));
        Assert.True(Button(stale, "Delete incident").HasAttribute("disabled"));
        Assert.Contains("Resolve it first", stale.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_incident_is_not_deleted_with_an_update_that_the_person_has_not_seen()
    {
        var id = await AddIncidentAsync(await AddPageAsync(), status: IncidentStatus.Resolved);
        var dialog = Render<ConfirmDialog>();
        var cut = OpenIncident(id);

        // It comes while the question stands.
        var deleting = Button(cut, "Delete incident").ClickAsync();
        await Get<IncidentService>().PostUpdateAsync(id, 0, new IncidentUpdateInput(IncidentStatus.Resolved, "What it was."), Bea, Stop);
        await AnswerAsync(dialog, yes: true);
        await deleting;

        Assert.NotNull(await Get<IncidentQueries>().FindAsync(id, Stop));
        Assert.Equal("", Address);
        var snackbar = Assert.Single(Get<MudBlazor.ISnackbar>().ShownSnackbars);
        Assert.Contains("Someone else changed this incident", snackbar.Message, StringComparison.Ordinal);
        Assert.Contains("What it was.", cut.Markup, StringComparison.Ordinal);

        deleting = Button(cut, "Delete incident").ClickAsync();
        await AnswerAsync(dialog, yes: true);
        await deleting;
        Assert.Null(await Get<IncidentQueries>().FindAsync(id, Stop));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_resolved_incident_is_deleted_when_confirmed(bool yes)
    {
        var id = await AddIncidentAsync(await AddPageAsync(), status: IncidentStatus.Resolved);
        var dialog = Render<ConfirmDialog>();
        var cut = OpenIncident(id);

        var deleting = Button(cut, "Delete incident").ClickAsync();
        await AnswerAsync(dialog, yes);
        await deleting;

        Assert.Equal(yes, await Get<IncidentQueries>().FindAsync(id, Stop) is null);
        Assert.Equal(yes ? "admin/incidents" : "", Address);
    }

    private static DateTime At(int hour) => new(2026, 1, 14, hour, 0, 0, DateTimeKind.Utc);

    private IRenderedComponent<IncidentPage> OpenIncident(int id) => Open<IncidentPage>(p => p.Add(page => page.Id, id));

    private static AngleSharp.Dom.IElement Previewing(IRenderedComponent<IncidentPage> cut, int form) =>
        cut.FindAll("button").Where(button => button.TextContent.Trim() == "Preview").ElementAt(form);

    private static async Task AnswerAsync(IRenderedComponent<ConfirmDialog> dialog, bool yes)
    {
        dialog.WaitForAssertion(() => Assert.NotEmpty(dialog.FindAll("button")));
        await dialog.FindAll("button")[yes ? 1 : 0].ClickAsync();
        await dialog.Find("dialog").TriggerEventAsync("onclose", EventArgs.Empty);
    }

    private async Task<(int Incidents, int Events, int Deliveries)> CountsAsync()
    {
        await using var db = await DbAsync();
        return (await db.Incidents.CountAsync(Stop), await db.Events.CountAsync(Stop), await db.Deliveries.CountAsync(Stop));
    }
}
