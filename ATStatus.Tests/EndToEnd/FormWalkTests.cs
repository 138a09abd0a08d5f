using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>
/// Every page of the console, found by its route: the connection breaks, every control is changed, the connection is back, and the server
/// has what is shown. A page that is added must be walked through here too. Walked each time are the pages to create something, to edit it and
/// to search; with <c>ATSTATUS_TEST_WALK=all</c> all of them.
/// </summary>
public sealed class FormWalkTests(TestBrowser browser) : BrowserTest(browser), IAsyncDisposable
{
    private const string Controls = " :is(input, textarea, select):visible:enabled";

    // Pages of no circuit: their forms are the browser's own, and there is no connection to lose.
    private static readonly string[] Static = ["/error", "/invite", "/login", "/logout", "/not-found", "/reset-password", "/setup", "/status/400"];

    private static readonly string[] Usual = ["/new", "/incidents/3", "/components/1", "/edit", "/import", "/deliveries"];

    private static readonly bool All = Environment.GetEnvironmentVariable("ATSTATUS_TEST_WALK") == "all";

    private FaultyTcpProxy? _line;

    protected override Uri WindowAddress => (_line ??= FaultyTcpProxy.To(App.Address)).Address;

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        if (_line is not null)
            await _line.DisposeAsync();
    }

    [Fact]
    public async Task What_is_changed_without_a_connection_is_on_the_server_when_it_is_back()
    {
        await StartSignedInAsync(new ConsoleAppOptions { Settings = Showcase.Settings });
        await using var showcase = await Showcase.FillAsync(App, Stop);
        string[] paths =
        [
            "/admin", "/admin/status-pages", "/admin/status-pages/new", "/admin/status-pages/1", "/admin/components", "/admin/components/new", "/admin/components/1",
            "/admin/components/2/told", "/admin/incidents", "/admin/incidents/new", "/admin/incidents/3", "/admin/incidents/1/told", "/admin/incidents/templates",
            "/admin/incidents/templates/new", "/admin/incidents/templates/1", "/admin/maintenance", "/admin/maintenance/new",
            $"/admin/maintenance/{showcase[MaintenanceStatus.Scheduled]}", $"/admin/maintenance/{showcase[MaintenanceStatus.InProgress]}",
            $"/admin/maintenance/{showcase[MaintenanceStatus.Completed]}/told", "/admin/notifications", "/admin/notifications/new", "/admin/notifications/1", "/admin/notifications/1/deliveries", "/admin/notifications/1/edit",
            "/admin/notifications/import", "/admin/notifications/1/statistics", "/admin/notifications/1/receivers", "/admin/notifications/1/recover", "/admin/deliveries",
            $"/admin/deliveries/{showcase[DeliveryState.Delivered]}", "/admin/events/1", "/admin/test-receiver", "/admin/api-keys", "/admin/settings", "/admin/users", "/admin/audit", "/account",
        ];
        Assert.Empty(ConsoleRoutes.NotAmong([.. paths, .. Static]));
        var walked = 0;
        foreach (var path in paths.Where(path => All || Usual.Any(end => path.EndsWith(end, StringComparison.Ordinal))))
            walked += await WalkAsync(path);
        foreach (var (path, button) in (IEnumerable<(string, string)>)
            [("/admin/incidents/1", "Edit"), ("/admin/components/1", "Correct history"), ($"/admin/maintenance/{showcase[MaintenanceStatus.Scheduled]}", "Edit")])
        {
            walked += await WalkAsync(path, button);
        }
        Assert.True(walked > (All ? 200 : 80), $"Only {walked} controls were changed.");
        // The framework rejects what it is given to send without a connection; nothing of ours may fail.
        Assert.All(Window.Problems, problem => Assert.True(
            problem.StartsWith("Console: ", StringComparison.Ordinal) || problem.Contains("Cannot send data if the connection", StringComparison.Ordinal), problem));
        Window.ForgetProblems();
    }

    /// <summary>Returns how many controls were changed, of the page or of the dialog that a button of it opens.</summary>
    private async Task<int> WalkAsync(string path, string? opens = null)
    {
        await Page.GotoAsync(path[1..]);
        await Expect(Page.Locator("main h1")).ToBeVisibleAsync();
        await Page.WaitForFunctionAsync("() => window.atstatus.edits.isConnected() && window.atstatus.edits.isSettled()");
        if (opens is not null)
        {
            await Page.Button(opens).ClickAsync();
            await Expect(Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        }
        var controls = Page.Locator((opens is null ? "main" : "dialog[open]") + Controls);
        if (await controls.CountAsync() == 0)
        {
            Assert.Null(opens);
            return 0;
        }
        Assert.Equal(0, await Page.Locator("main :is(textarea, input:is([type=text], [type=search], [type=password])):not([data-limit])").CountAsync());
        _line!.Cut();
        await Expect(Page.GetByText("Connection lost. Reconnecting…")).ToBeVisibleAsync();
        var count = await controls.CountAsync();
        var typed = new List<(string Place, string Text)>();
        for (var i = 0; i < count; i++)
        {
            if (await ChangeAsync(controls.Nth(i), i) is { } text)
                typed.Add(text);
        }
        _line.Restore(App.Address);
        // The framework tries again at once when the page comes into view.
        await Page.EvaluateAsync("() => document.dispatchEvent(new Event('visibilitychange'))");
        await Expect(Page.Locator("#components-reconnect-modal")).ToBeHiddenAsync();
        try
        {
            await Page.WaitForFunctionAsync("() => window.atstatus.edits.isConnected() && window.atstatus.edits.isSettled()");
        }
        catch (TimeoutException)
        {
            var left = await Page.EvaluateAsync<string>(
                "() => window.atstatus.edits.state() + JSON.stringify(window.atstatus.edits.typed().map(([, edit]) => edit).filter(edit => !window.atstatus.edits.isProven(edit)))");
            Assert.Fail($"{path} does not settle: {left}\n{string.Join("\n", App.Logs.Where(line => line.StartsWith("Error", StringComparison.Ordinal)))}");
        }
        IReadOnlyList<string> differences = [];
        for (var tries = 0; tries < 50; tries++)
        {
            if ((differences = await ServerControls.DifferencesAsync(App, Page)).Count == 0)
                break;
            await Page.EvaluateAsync("() => window.atstatus.edits.quiet(50)");
        }
        Assert.True(differences.Count == 0, $"{path}: {string.Join("\n", differences)}");
        // What was typed is what the two agree on, wherever a choice has left the field on the page.
        foreach (var (place, text) in typed)
        {
            if (await Page.EvaluateAsync<string?>("place => window.atstatus.edits.find(JSON.parse(place))?.value ?? null", place) is { } shown)
                Assert.True(shown == text, $"{path}, {place}: '{text}' was typed, '{shown}' is shown.");
        }
        // Leaves without a question.
        await Page.EvaluateAsync("() => document.querySelectorAll('[data-unsaved]').forEach(mark => mark.removeAttribute('data-unsaved'))");
        return count;
    }

    /// <summary>Changes a control as a person does; returns what was typed where it was typed.</summary>
    private static async Task<(string Place, string Text)?> ChangeAsync(ILocator control, int index)
    {
        var kind = await control.EvaluateAsync<string>("field => field.matches('select, textarea') ? field.tagName.toLowerCase() : field.type");
        switch (kind)
        {
            case "file" or "hidden":
                return null;
            case "radio" or "checkbox":
                // What is typed beside it goes with that choice.
                if (await control.EvaluateAsync<bool>("field => field.labels[0]?.textContent.trim() === 'Remove secret'"))
                    return null;
                // Not by the mouse: the line about the connection can lie over it.
                await control.FocusAsync();
                await control.PressAsync("Space");
                return null;
            case "select":
                var other = await control.EvaluateAsync<string?>(
                    "field => [...field.options].filter(option => !option.disabled && option.value !== field.value).at(-1)?.value ?? null");
                if (other is not null)
                    await control.SelectOptionAsync(new SelectOptionValue { Value = other });
                return null;
            default:
                var text = kind == "datetime-local" ? $"2031-05-{(index % 28) + 1:00}T10:00" : $"typed {index}";
                await control.FillAsync(text);
                return (await control.EvaluateAsync<string>("field => JSON.stringify(window.atstatus.edits.placeOf(field))"), text);
        }
    }
}
