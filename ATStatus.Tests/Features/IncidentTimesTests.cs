using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Features.Incidents;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.StatusPages;
using Bunit;

namespace ATStatus.Tests.Features;

/// <summary>From when to when an incident was, as its forms take it, and what of it they say counts. The clock says 12:00.</summary>
public sealed class IncidentTimesTests : FeatureTest
{
    private static readonly Actor Bea = new("bea@example.com");

    [Fact]
    public async Task The_end_is_asked_for_only_of_a_resolved_incident()
    {
        var cut = await FormAsync();
        Assert.Empty(cut.FindAll("#EndedAt"));
        Assert.DoesNotContain("Recorded as already resolved", cut.Markup, StringComparison.Ordinal);

        await ResolvedAsync(cut);
        Assert.Contains(
            "Recorded as already resolved. Component statuses don't change now; the time counts in their history.", cut.Find("#Status-help").TextContent,
            StringComparison.Ordinal);
        Type(cut, "Ended", "2026-01-14T11:00");
        // With another status it is none of what is saved, and back again it is still there.
        await Field(cut, "Status").ChangeAsync(nameof(IncidentStatus.Investigating));
        await ResolvedAsync(cut);
        Assert.Equal("2026-01-14T11:00", Value(cut, "Ended"));
    }

    [Fact]
    public async Task What_counts_is_said_while_it_is_entered_and_is_what_is_saved()
    {
        var cut = await FormAsync();
        await cut.Find("#Components input").ChangeAsync(true);
        Says(cut, "");
        await Field(cut, "Status of API").ChangeAsync(nameof(ComponentStatus.MajorOutage));
        Says(cut, "Counts as downtime of API from 12:00 until it is resolved.");
        Type(cut, "Started", "2026-01-14T06:00");
        Says(cut, "Counts as downtime of API from 06:00 until it is resolved.");
        await ResolvedAsync(cut);
        Says(cut, "Counts as downtime of API from 06:00 to 12:00.");
        Type(cut, "Ended", "2026-01-14T09:00");
        Says(cut, "Counts as downtime of API from 06:00 to 09:00.");
        Type(cut, "Started", "2026-01-13T22:00");
        Says(cut, "Counts as downtime of API from 13 Jan 2026, 22:00 to 14 Jan 2026, 09:00.");
        Type(cut, "Ended", "2026-01-13T23:30");
        Says(cut, "Counts as downtime of API from 13 Jan 2026, 22:00 to 23:30.");
        Type(cut, "Ended", "2026-01-13T21:00");
        Says(cut, "");
        Type(cut, "Ended", "2026-01-14T13:00");
        Says(cut, "");

        await cut.FindAll("#Components input")[1].ChangeAsync(true);
        await Field(cut, "Status of Mail").ChangeAsync(nameof(ComponentStatus.PartialOutage));
        Type(cut, "Started", "2026-01-14T06:00");
        Type(cut, "Ended", "2026-01-14T09:00");
        Says(cut, "Counts as downtime of API and Mail from 06:00 to 09:00.");
        await Field(cut, "Status of API").ChangeAsync("");
        Says(cut, "Counts as downtime of Mail from 06:00 to 09:00.");

        Type(cut, "Message", "It was the queue.");
        await cut.Find("form").SubmitAsync();
        var row = Assert.Single(await Get<IncidentQueries>().ListAsync(cancellationToken: Stop));
        Assert.Equal((At(6), At(9)), (row.StartedAt, row.End));
        var mail = (await Get<StatusPageQueries>().ComponentsAsync(cancellationToken: Stop)).Single(c => c.Name == "Mail");
        Assert.Equal(ComponentStatus.Operational, mail.Status);
        Assert.Equal(
            [(At(6), At(9), ComponentStatus.PartialOutage)],
            (await Get<StatusPageQueries>().SegmentsAsync(mail.Id, cancellationToken: Stop))
                .Where(s => s.Status != ComponentStatus.Operational).Select(s => (s.From, s.Until!.Value, s.Status)));
    }

    [Fact]
    public async Task What_counts_is_said_on_the_pages_clock_which_is_named_where_it_is_not_the_viewers()
    {
        JSInterop.Setup<BrowserEnvironment>("atstatus.environment").SetResult(new("America/New_York", false));
        await Get<BrowserClock>().StartAsync();
        var cut = await FormAsync("Europe/Berlin");
        await cut.Find("#Components input").ChangeAsync(true);
        await Field(cut, "Status of API").ChangeAsync(nameof(ComponentStatus.MajorOutage));

        Type(cut, "Started", "2026-01-14T03:00");
        Says(cut, "Counts as downtime of API from 09:00 until it is resolved (Europe/Berlin).");
    }

    [Fact]
    public async Task An_end_that_is_still_to_come_moves_with_the_clock()
    {
        var cut = await FormAsync();
        await cut.Find("#Components input").ChangeAsync(true);
        await Field(cut, "Status of API").ChangeAsync(nameof(ComponentStatus.MajorOutage));
        Type(cut, "Started", "2026-01-14T11:30");
        await ResolvedAsync(cut);
        Says(cut, "Counts as downtime of API from 11:30 to 12:00.");

        Clock.Advance(TimeSpan.FromMinutes(3));
        Says(cut, "Counts as downtime of API from 11:30 to 12:03.");
    }

    [Theory]
    [InlineData("2026-01-14T09:00", "2026-01-14T13:00", "EndedAt", "An incident cannot end in the future.")]
    [InlineData("2026-01-14T09:00", "2026-01-14T08:00", "EndedAt", "An incident cannot end before it began.")]
    [InlineData("2026-01-14T13:00", "", "StartedAt", "An incident cannot begin in the future.")]
    public async Task What_is_wrong_with_the_times_is_said_beside_them(string started, string ended, string field, string message)
    {
        var cut = await FormAsync();
        await ResolvedAsync(cut);
        Type(cut, "Message", "It was the queue.");
        Type(cut, "Started", started);
        Type(cut, "Ended", ended);
        await cut.Find("form").SubmitAsync();
        Assert.Equal(message, ErrorOf(cut, field));
        Assert.Empty(await Get<IncidentQueries>().ListAsync(cancellationToken: Stop));

        Type(cut, "Started", "2026-01-14T07:00");
        Type(cut, "Ended", "2026-01-14T07:30");
        Assert.Null(ErrorOf(cut, field));
        await cut.Find("form").SubmitAsync();
        Assert.Single(await Get<IncidentQueries>().ListAsync(cancellationToken: Stop));
    }

    [Fact]
    public async Task Edit_moves_start_and_end_and_duration_and_history_follow()
    {
        var (id, api) = await AddOutageAsync();
        var cut = Open<IncidentPage>(p => p.Add(page => page.Id, id));
        await Button(cut, "Edit").ClickAsync();
        // Open: there is no end to enter.
        Assert.Empty(cut.FindAll("#EndedAt"));
        Type(cut, "Started", "2026-01-14T09:00");
        Says(cut, "Counts as downtime of API from 09:00 until it is resolved.");
        await cut.Find("dialog form").SubmitAsync();

        await Get<IncidentService>().PostUpdateAsync(id, 1, new IncidentUpdateInput(IncidentStatus.Resolved, "Over."), Bea, Stop);
        cut = Open<IncidentPage>(p => p.Add(page => page.Id, id));
        Assert.Equal("3 h", Fact(cut, "Duration"));
        await Button(cut, "Edit").ClickAsync();
        Assert.Equal(("2026-01-14T09:00", "2026-01-14T12:00"), (Value(cut, "Started"), Value(cut, "Ended")));
        Says(cut, "Counts as downtime of API from 09:00 to 12:00.");
        Type(cut, "Ended", "2026-01-14T10:30");
        Says(cut, "Counts as downtime of API from 09:00 to 10:30.");
        await cut.Find("dialog form").SubmitAsync();

        Assert.Equal("1 h 30 min", Fact(cut, "Duration"));
        Assert.Equal([(At(9), At(10).AddMinutes(30))], await OutagesAsync(api));

        // Emptied, the end is the resolution again.
        await Button(cut, "Edit").ClickAsync();
        Type(cut, "Ended", "");
        await cut.Find("dialog form").SubmitAsync();
        Assert.Equal("3 h", Fact(cut, "Duration"));
        Assert.Equal([(At(9), At(12))], await OutagesAsync(api));
        Assert.Null((await Get<IncidentQueries>().FindAsync(id, Stop))!.Row.EndedAt);
    }

    [Fact]
    public async Task Edit_leaves_the_seconds_of_what_was_not_touched()
    {
        Clock.Advance(TimeSpan.FromSeconds(42));
        var (id, _) = await AddOutageAsync();
        var cut = Open<IncidentPage>(p => p.Add(page => page.Id, id));
        await Button(cut, "Edit").ClickAsync();
        Type(cut, "Title", "API is down");
        await cut.Find("dialog form").SubmitAsync();
        Assert.Equal(42, (await Get<IncidentQueries>().FindAsync(id, Stop))!.Row.StartedAt.Second);

        // And they are no reason to call a moved start a conflict.
        await Button(cut, "Edit").ClickAsync();
        Type(cut, "Started", "2026-01-14T09:00");
        await cut.Find("dialog form").SubmitAsync();
        Assert.Equal(At(9), (await Get<IncidentQueries>().FindAsync(id, Stop))!.Row.StartedAt);
    }

    [Fact]
    public async Task The_edit_dialog_asks_before_it_is_closed_with_something_typed()
    {
        var (id, _) = await AddOutageAsync();
        var questions = Render<ConfirmDialog>();
        var cut = Open<IncidentPage>(p => p.Add(page => page.Id, id));
        await Button(cut, "Edit").ClickAsync();
        Type(cut, "Title", "Half typed");

        var closing = CloseAsync();
        await AnswerAsync(questions, 0);
        await closing;
        Assert.Equal("Half typed", Value(cut, "Title"));
        // The question's dialog, and this one twice.
        Assert.Equal(3, JSInterop.Invocations["atstatus.openDialog"].Count);

        closing = CloseAsync();
        await AnswerAsync(questions, 1);
        await closing;
        Assert.Empty(cut.FindAll("dialog form"));
        Assert.Empty(cut.FindAll("[data-unsaved]"));
        await Button(cut, "Edit").ClickAsync();
        Assert.Equal("API down", Value(cut, "Title"));

        // Untouched it closes at once.
        await CloseAsync();
        Assert.Empty(cut.FindAll("dialog form"));

        Task CloseAsync() => cut.Find("dialog").TriggerEventAsync("onclose", EventArgs.Empty);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task Deleting_asks_what_becomes_of_its_downtime(int choice, bool kept)
    {
        var (id, api) = await AddOutageAsync();
        Clock.Advance(TimeSpan.FromHours(1));
        await Get<IncidentService>().PostUpdateAsync(id, 0, new IncidentUpdateInput(IncidentStatus.Resolved, "Over."), Bea, Stop);
        var questions = Render<ConfirmDialog>();
        var cut = Open<IncidentPage>(p => p.Add(page => page.Id, id));

        var deleting = Button(cut, "Delete incident").ClickAsync();
        questions.WaitForAssertion(() => Assert.NotEmpty(questions.FindAll("input[type=radio]")));
        Assert.Equal(["Keep its downtime", "Remove its downtime"], questions.FindAll(".tile label").Select(label => label.TextContent.Trim()));
        Assert.Equal([true, false], questions.FindAll("input[type=radio]").Select(radio => radio.HasAttribute("checked")));
        await questions.FindAll("input[type=radio]")[choice].ClickAsync();
        await AnswerAsync(questions, 1);
        await deleting;

        Assert.Null(await Get<IncidentQueries>().FindAsync(id, Stop));
        Assert.Equal(kept ? [(At(12), At(13))] : [], await OutagesAsync(api));
    }

    [Fact]
    public async Task Deleting_an_incident_without_history_asks_nothing_of_it()
    {
        var id = await AddIncidentAsync(await AddPageAsync(), status: IncidentStatus.Resolved);
        var questions = Render<ConfirmDialog>();
        var cut = Open<IncidentPage>(p => p.Add(page => page.Id, id));

        var deleting = Button(cut, "Delete incident").ClickAsync();
        questions.WaitForAssertion(() => Assert.NotEmpty(questions.FindAll("button")));
        Assert.Empty(questions.FindAll("input"));
        await AnswerAsync(questions, 1);
        await deleting;
        Assert.Null(await Get<IncidentQueries>().FindAsync(id, Stop));
    }

    private static DateTime At(int hour) => new(2026, 1, 14, hour, 0, 0, DateTimeKind.Utc);

    private static Task ResolvedAsync(IRenderedComponent<IncidentForm> cut) => Field(cut, "Status").ChangeAsync(nameof(IncidentStatus.Resolved));

    private static void Says(IRenderedComponent<Microsoft.AspNetCore.Components.IComponent> cut, string sentence) =>
        cut.WaitForAssertion(() => Assert.Equal(sentence, cut.Find(".downtime").TextContent.Trim()));

    private static string Fact(IRenderedComponent<IncidentPage> cut, string name) =>
        cut.FindAll(".facts dt").Single(dt => dt.TextContent == name).NextElementSibling!.TextContent.Trim();

    private static async Task AnswerAsync(IRenderedComponent<ConfirmDialog> dialog, int button)
    {
        dialog.WaitForAssertion(() => Assert.NotEmpty(dialog.FindAll("button")));
        await dialog.FindAll("button")[button].ClickAsync();
        await dialog.Find("dialog").TriggerEventAsync("onclose", EventArgs.Empty);
    }

    /// <summary>The form of a new incident on a page with API and Mail, which are ten days old.</summary>
    private async Task<IRenderedComponent<IncidentForm>> FormAsync(string zone = "UTC")
    {
        await AddOldComponentsAsync(await Get<StatusPageService>().CreateAsync(new StatusPageInput("Main Status", "main", TimeZone: zone), Stop));
        var cut = Open<IncidentForm>();
        Type(cut, "Title", "Queues are stuck");
        return cut;
    }

    private async Task<(int Incident, int Api)> AddOutageAsync()
    {
        var page = await AddPageAsync();
        await AddOldComponentsAsync(page);
        var api = (await Get<StatusPageQueries>().ComponentsAsync(page, Stop))[0].Id;
        var id = await Get<IncidentService>().CreateAsync(
            new IncidentInput(page, "API down", IncidentSeverity.Critical, IncidentStatus.Investigating, "We are looking.", [new(api, ComponentStatus.MajorOutage)]),
            Bea, Stop);
        return (id, api);
    }

    private async Task AddOldComponentsAsync(int page)
    {
        var now = Clock.GetUtcNow();
        Clock.AdjustTime(now.AddDays(-10));
        await AddComponentAsync(page, "API");
        await AddComponentAsync(page, "Mail");
        Clock.AdjustTime(now);
    }

    private async Task<IEnumerable<(DateTime From, DateTime Until)>> OutagesAsync(int component) =>
        (await Get<StatusPageQueries>().SegmentsAsync(component, cancellationToken: Stop))
            .Where(s => s.Status == ComponentStatus.MajorOutage).Select(s => (s.From, s.Until!.Value)).ToList();
}
