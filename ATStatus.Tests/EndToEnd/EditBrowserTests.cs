using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Notifications;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>What is on the screen is what is saved, whatever the line does (wwwroot/js/edits.js).</summary>
public sealed class EditBrowserTests(TestBrowser browser) : BrowserTest(browser), IAsyncDisposable
{
    private FaultyTcpProxy? _line;

    protected override Uri WindowAddress => (_line ??= FaultyTcpProxy.To(App.Address)).Address;

    private ILocator Notice => Page.Locator("#edit-notice");

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        if (_line is not null)
            await _line.DisposeAsync();
    }

    [Fact]
    public async Task What_was_typed_and_chosen_without_a_connection_is_saved_afterwards()
    {
        await StartFormAsync();
        await Page.Field("Title").FillAsync("Typed before");
        await CutAsync();
        await Page.Field("Message").FillAsync("Typed without a connection.");
        await Page.Field("Severity").SelectOptionAsync("Critical");
        await Page.Checkbox("API").CheckAsync();
        await Page.GetByRole(AriaRole.Switch, new() { Name = "Do not notify" }).CheckAsync();
        await Page.Field("Title").FillAsync("Typed afterwards");
        await RepairAsync();

        await Page.Button("Save").ClickAsync();

        await Expect(Page.Heading("Typed afterwards")).ToBeVisibleAsync();
        var saved = (await Get<IncidentQueries>().FindAsync(1, Stop))!;
        Assert.Equal(("Typed afterwards", IncidentSeverity.Critical), (saved.Row.Title, saved.Row.Severity));
        Assert.Equal("Typed without a connection.", Assert.Single(saved.Updates).Message);
        Assert.Single(saved.Affected);
        ForgetLostConnection();
    }

    [Theory]
    [InlineData("Enter")]
    [InlineData("Save")]
    [InlineData("Preview")]
    [InlineData("Cancel")]
    [InlineData("Incidents")]
    public async Task Without_a_connection_nothing_is_sent_and_the_page_stays(string press)
    {
        await StartFormAsync();
        await Page.Field("Title").FillAsync("Kept");
        await CutAsync();
        await Page.Field("Message").FillAsync("Kept too.");
        var address = Page.Url;

        if (press == "Enter")
            await Page.Field("Title").PressAsync("Enter");
        else if (press is "Cancel" or "Incidents")
            await Page.Link(press).First.ClickAsync();
        else
            await Page.Button(press).ClickAsync();

        await Expect(Notice).ToContainTextAsync($"Not sent: {(press == "Enter" ? "Save" : press)}. There is no connection to the server.");
        Assert.Empty(await AxeScan.FindingsAsync(Page));
        Assert.Equal(address, Page.Url);
        await Expect(Page.Field("Message")).ToHaveValueAsync("Kept too.");
        await RepairAsync();
        await Expect(Notice).ToBeHiddenAsync();
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Heading("Kept")).ToBeVisibleAsync();
        await Expect(Page.GetByText("Kept too.")).ToBeVisibleAsync();
        ForgetLostConnection();
    }

    [Fact]
    public async Task What_was_typed_on_a_line_that_was_silent_before_it_broke_arrives()
    {
        await StartFormAsync();
        _line!.Silence();
        await Page.Field("Title").FillAsync("Into the silence");
        await Page.Field("Message").FillAsync("Nobody knows yet.");
        await Page.Field("Severity").SelectOptionAsync("Major");
        await Page.Button("Save").ClickAsync();
        await Expect(Notice).ToContainTextAsync("Waiting for the server to receive what you typed…");

        await CutAsync();

        await Expect(Notice).ToContainTextAsync("Not sent: Save.");
        await RepairAsync();
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Heading("Into the silence")).ToBeVisibleAsync();
        Assert.Equal(IncidentSeverity.Major, (await Get<IncidentQueries>().FindAsync(1, Stop))!.Row.Severity);
        ForgetLostConnection();
    }

    [Fact]
    public async Task A_press_that_did_not_arrive_says_so()
    {
        await StartFormAsync();
        await Page.Field("Title").FillAsync("Once");
        await Page.Field("Message").FillAsync("And only once.");
        await SettleAsync();
        _line!.Silence();
        await Page.Button("Save").ClickAsync();

        await CutAsync();
        await RepairAsync();

        await Expect(Notice).ToContainTextAsync("The connection was lost before “Save” reached the server, and it was not done.");
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Heading("Once")).ToBeVisibleAsync();
        ForgetLostConnection();
    }

    [Fact]
    public async Task A_question_that_was_answered_without_a_connection_can_be_asked_again()
    {
        await StartFormAsync();
        await Page.Field("Title").FillAsync("Unsaved");
        await Page.Link("Cancel").ClickAsync();
        var question = Page.GetByRole(AriaRole.Dialog);
        await Expect(question).ToBeVisibleAsync();
        await CutAsync();

        await question.Button("Leave").ClickAsync();
        await Page.Keyboard.PressAsync("Escape");
        await Expect(Notice).ToContainTextAsync("Not sent: closing “");
        await Page.Keyboard.PressAsync("Escape");
        await RepairAsync();

        if (await question.IsVisibleAsync())
            await question.Button("Stay").ClickAsync();
        await Expect(question).ToBeHiddenAsync();
        await Page.Link("Cancel").ClickAsync();
        await question.Button("Leave").ClickAsync();
        await Expect(Page.Heading("Incidents")).ToBeVisibleAsync();
        ForgetLostConnection();
    }

    [Fact]
    public async Task A_paste_that_would_cut_the_connection_is_refused_at_its_field()
    {
        await StartFormAsync();
        await Page.Field("Title").FillAsync("Long");
        await Page.Field("Message").FillAsync("What was there.");

        // A control character is six bytes in JSON, and the text is sent twice.
        foreach (var text in (string[])[new('x', 600_000), new('\u0001', 100_000), new('漢', 200_000)])
        {
            await Page.Field("Message").EvaluateAsync("(field, text) => { field.focus(); field.setRangeText(text); field.dispatchEvent(new InputEvent('input', { bubbles: true })); }", text);
            await Expect(Page.Field("Message")).ToHaveValueAsync("What was there.");
            await Expect(Page.Field("Message")).ToHaveAccessibleDescriptionAsync(new System.Text.RegularExpressions.Regex("Not inserted: .* at most 10,000 fit here\\."));
        }
        Assert.Empty(await AxeScan.FindingsAsync(Page));
        await Page.Field("Message").FillAsync(new string('x', 10_001));
        await Expect(Page.GetByText("10,001 characters, at most 10,000 fit here.")).ToBeVisibleAsync();
        await Page.Field("Message").FillAsync("What fits.");
        await Expect(Page.GetByText("fit here")).ToHaveCountAsync(0);
        await Page.Button("Save").ClickAsync();

        await Expect(Page.GetByText("What fits.")).ToBeVisibleAsync();
        await Expect(Page.Locator("#components-reconnect-modal")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Half_of_a_character_is_saved_as_the_mark_that_is_shown()
    {
        await StartFormAsync();
        foreach (var field in (string[])["Title", "Message"])
            await Page.Field(field).EvaluateAsync("field => { field.value = 'a\\ud83d b \\ude00\\ud83d\\ude00'; field.dispatchEvent(new InputEvent('input', { bubbles: true })); }");
        await Expect(Page.Field("Title")).ToHaveValueAsync("a\ufffd b \ufffd😀");

        await Page.Button("Save").ClickAsync();

        await Expect(Page.Heading("a\ufffd b \ufffd😀")).ToBeVisibleAsync();
        Assert.Equal("a\ufffd b \ufffd😀", Assert.Single((await Get<IncidentQueries>().FindAsync(1, Stop))!.Updates).Message);
    }

    [Fact]
    public async Task A_suggestion_that_comes_late_leaves_what_was_typed()
    {
        await StartSignedInAsync();
        await Page.GotoAsync("admin/status-pages/new");
        await Expect(Page.Field("Name")).ToBeVisibleAsync();
        await SettleAsync();
        _line!.Silence();
        await Page.Field("Name").FillAsync("Main Status");
        await Page.Field("Slug").FillAsync("mine");
        _line.Speak();
        await SettleAsync();

        await Expect(Page.Field("Slug")).ToHaveValueAsync("mine");
        await Page.Button("Save").ClickAsync();

        await Expect(Page.Row("Main Status")).ToBeVisibleAsync();
        Assert.Equal("mine", Assert.Single(await Get<StatusPageQueries>().PagesAsync(cancellationToken: Stop)).Slug);
    }

    [Fact]
    public async Task What_is_pasted_while_a_choice_brings_other_fields_goes_to_the_field_that_takes_its_place()
    {
        await StartSignedInAsync();
        await Page.GotoAsync("admin/notifications/new");
        await Page.Field("Name").FillAsync("Ops");
        await Page.Checkbox("incident.created").CheckAsync();
        await SettleAsync();
        _line!.Silence();
        await Page.GetByRole(AriaRole.Radio, new() { Name = "Slack" }).CheckAsync();
        await Page.Field("URL").FillAsync("https://hooks.slack.com/services/T0/B0/secret");
        await Page.Field("URL").PressAsync("Enter");
        _line.Speak();

        await Expect(Page.Row("Ops")).ToBeVisibleAsync();
        var queries = Get<NotificationQueries>();
        Assert.Equal("slack", (await queries.FindAsync(1, Stop))!.Kind);
        Assert.Equal("https://hooks.slack.com/services/T0/B0/secret", await queries.UrlAsync(1, Stop));
    }

    [Fact]
    public async Task A_template_that_comes_late_leaves_what_was_typed()
    {
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        await Get<IncidentTemplateService>().AddAsync(
            new IncidentTemplateInput("Usual", "Title of the template", IncidentSeverity.Major, IncidentStatus.Identified, "Message of the template"), Stop);
        await Page.GotoAsync("admin/incidents/new?page=1");
        await Expect(Page.Field("Template")).ToBeVisibleAsync();
        await SettleAsync();
        _line!.Silence();
        await Page.Field("Template").SelectOptionAsync("Usual");
        await Page.Field("Title").FillAsync("My title");
        _line.Speak();
        await SettleAsync();

        await Expect(Page.Field("Message")).ToHaveValueAsync("Message of the template");
        await Expect(Page.Field("Title")).ToHaveValueAsync("My title");
        Assert.Empty(await ServerControls.DifferencesAsync(App, Page));
    }

    [Fact]
    public async Task A_date_that_is_half_typed_is_not_saved_as_none()
    {
        await StartFormAsync();
        await Page.Field("Title").FillAsync("Dated");
        await Page.Field("Message").FillAsync("When?");
        await Page.Field("Started").FocusAsync();
        await Page.Keyboard.TypeAsync("1");

        await Page.Button("Save").ClickAsync();

        await Expect(Page.Field("Started")).ToHaveAccessibleDescriptionAsync(new System.Text.RegularExpressions.Regex("Complete this or clear it"));
        await Expect(Page.Field("Started")).ToBeFocusedAsync();
        Assert.Empty(await Get<IncidentQueries>().ListAsync(cancellationToken: Stop));
    }

    [Fact]
    public async Task After_a_restart_it_names_what_was_not_put_back_and_sends_nothing_meanwhile()
    {
        await StartSignedInAsync();
        await Page.GotoAsync("admin/notifications/new");
        await Page.Field("Name").FillAsync("Ops");
        await Page.Field("URL").FillAsync("https://hooks.example.com/secret-path");
        await Page.Field("Secret").FillAsync("not to be stored");
        await Page.Field("Test event").SelectOptionAsync("incident.resolved");
        _line!.Cut();
        await App.RestartAsync();
        _line.Restore(App.Address);
        var reload = Page.Locator("#components-reconnect-modal").Button("Reload");
        await Expect(reload).ToBeVisibleAsync();
        var address = Page.Url;

        await Page.Field("Name").PressAsync("Enter");
        await Expect(Notice).ToContainTextAsync("Not sent: Save. This page has lost its connection for good.");
        Assert.Equal(address, Page.Url);
        await reload.ClickAsync();

        await Expect(Notice).ToContainTextAsync("What you had typed was put back. Look it over before you save. Enter again, because it is not stored: URL, Secret.");
        await Expect(Page.Field("Name")).ToHaveValueAsync("Ops");
        await Expect(Page.Field("URL")).ToHaveValueAsync("");
        await Expect(Page.Field("Test event")).ToHaveValueAsync("IncidentResolved");
        await SettleAsync();
        Assert.Empty(await ServerControls.DifferencesAsync(App, Page));
        ForgetLostConnection();
    }

    [Fact]
    public async Task A_file_that_is_chosen_without_a_connection_is_not_shown_as_if_it_were()
    {
        await StartSignedInAsync();
        await Page.GotoAsync("admin/notifications/import");
        await Expect(Page.Field("File")).ToBeVisibleAsync();
        await SettleAsync();
        await CutAsync();
        await Page.Field("File").SetInputFilesAsync(new FilePayload { Name = "b.json", MimeType = "application/json", Buffer = "[]"u8.ToArray() });

        await Expect(Notice).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("Not chosen: b.json. There is no connection to the server."));
        await Expect(Page.Field("File")).ToHaveValueAsync("");
        await RepairAsync();
        ForgetLostConnection();
    }

    [Fact]
    public async Task A_press_that_waited_and_whose_button_is_gone_says_so()
    {
        await StartFormAsync();
        _line!.Silence();
        await Page.Field("Title").FillAsync("Typed");
        await Page.Button("Preview").ClickAsync();
        await Page.Button("Preview").EvaluateAsync("button => button.remove()");
        _line.Speak();

        await Expect(Notice).ToContainTextAsync("Not sent: Preview. The page has changed; try again.");
    }

    [Fact]
    public async Task Filters_that_are_chosen_within_a_round_trip_add_up()
    {
        await StartSignedInAsync();
        await Page.GotoAsync("admin/deliveries");
        await Expect(Page.Field("Pause live updates")).ToBeVisibleAsync();
        await SettleAsync();
        _line!.Silence();
        // Not by Enter: leaving the field applies it.
        await Page.Field("Search").FillAsync("checkout");
        await Page.Keyboard.PressAsync("Tab");
        await Page.Field("State").SelectOptionAsync("Failed");
        await Page.Field("Tests").SelectOptionAsync("Live only");
        _line.Speak();

        await Expect(Page).ToHaveURLAsync(new Uri(WindowAddress, "admin/deliveries?state=failed&test=none&q=checkout").AbsoluteUri);
        await Expect(Page.Field("Search")).ToHaveValueAsync("checkout");
        await Expect(Page.Field("State")).ToHaveValueAsync("failed");
        await Page.GoBackAsync();
        await Expect(Page.Field("Tests")).ToHaveValueAsync("");
        await Expect(Page.Field("State")).ToHaveValueAsync("failed");
    }

    [Fact]
    public async Task An_answer_that_is_lost_with_the_connection_does_not_end_the_scrolling()
    {
        await StartSignedInAsync(new ConsoleAppOptions { Settings = { ["Webhooks:KeepDelivered"] = "never" } });
        await LogRows.FillAsync(App.Services, 400);
        await Page.GotoAsync("admin/deliveries?before=301");
        var links = Page.Locator("a.log-link");
        await Expect(links).ToHaveCountAsync(50);
        await SettleAsync();
        _line!.Silence();
        await links.Last.ScrollIntoViewIfNeededAsync();
        // It has asked for older rows; the answer never comes.
        await Page.EvaluateAsync("() => window.atstatus.edits.quiet(300)");
        await CutAsync();
        await RepairAsync();

        await Page.Mouse.MoveAsync(640, 400);
        for (var turns = 0; turns < 100 && await links.CountAsync() == 50; turns++)
        {
            await Page.Mouse.WheelAsync(0, turns % 2 == 0 ? -50 : 50);
            await Page.EvaluateAsync("() => window.atstatus.edits.quiet(200)");
        }
        await Expect(links).ToHaveCountAsync(100);
        ForgetLostConnection();
    }

    /// <summary>The form of a new incident.</summary>
    private async Task StartFormAsync()
    {
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        await Page.GotoAsync("admin/incidents");
        await Page.GotoAsync("admin/incidents/new?page=1");
        await Expect(Page.Field("Title")).ToBeVisibleAsync();
        await SettleAsync();
    }

    private async Task CutAsync()
    {
        _line!.Cut();
        await Expect(Page.GetByText("Connection lost. Reconnecting…")).ToBeVisibleAsync();
    }

    private async Task RepairAsync()
    {
        _line!.Restore(App.Address);
        // The framework tries again at once when the page comes into view.
        await Page.EvaluateAsync("() => document.dispatchEvent(new Event('visibilitychange'))");
        await Expect(Page.Locator("#components-reconnect-modal")).ToBeHiddenAsync();
        await SettleAsync();
    }

    private Task<IJSHandle> SettleAsync() => Page.WaitForFunctionAsync("() => window.atstatus.edits.isConnected() && window.atstatus.edits.isSettled()");

    /// <summary>Browser and framework write about a broken line; nothing else may be wrong.</summary>
    private void ForgetLostConnection()
    {
        Assert.All(Window.Problems, problem => Assert.StartsWith("Console: ", problem, StringComparison.Ordinal));
        Window.ForgetProblems();
    }
}
