using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd.Hostile;

/// <summary>
/// Every page, with an attempt in every text, in every answer of a receiver and in every address: nothing runs, nothing is asked of another host,
/// the policy has nothing to stop (a browser says on its console what it stopped), and what was typed is shown as it was typed.
/// </summary>
public sealed class HostileTextBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    private const string Canary = "window.__xss = () => { window.__ran = true; console.error('A script of somebody else ran.'); }; window.alert = window.prompt = window.confirm = window.__xss;";

    /// <summary>What no text may have become; and a field to type into that does not say how much it takes.</summary>
    private const string Foreign = """
        () => [...document.querySelectorAll('*')].flatMap(element => [
            ...(element.matches('script:not([src]), iframe, object, embed, base:not([href^="/"]), meta[http-equiv=refresh]') ? [element.outerHTML.slice(0, 200)] : []),
            ...(element.matches('textarea, input:not([type]), input:is([type=text], [type=password], [type=search], [type=email], [type=url])')
                && !element.readOnly && !(element.dataset.limit > 0) && !(element.maxLength > 0) ? [`no limit: ${element.outerHTML.slice(0, 200)}`] : []),
            ...[...element.attributes].filter(a => /^on/i.test(a.name) || /^\s*(javascript|data:text)/i.test(a.value) || (/^(src|href|action)$/i.test(a.name) && /^(https?:)?\/\/evil/i.test(a.value)))
                .map(a => `${element.localName} ${a.name}=${a.value}`)])
        """;

    private const string Text = """
        () => [document.body.textContent, ...[...document.querySelectorAll('input, textarea, option')].map(field => field.value),
            ...[...document.querySelectorAll('[aria-label], [title]')].flatMap(e => [e.ariaLabel ?? '', e.title])].join('\n')
        """;

    [Fact]
    public async Task No_text_of_anybody_runs_on_any_page_and_each_is_shown_as_it_was_typed()
    {
        await StartSignedInAsync(new ConsoleAppOptions { Environment = "Production", Settings = new(HostileConsole.Settings) { ["Webhooks:AllowedNetworks"] = "127.0.0.0/8" } });
        await using var hostile = await HostileConsole.FillAsync(App, Stop);
        await Page.AddInitScriptAsync(Canary);
        var (query, wrong, seen, visited) = (HostileConsole.InAddress, new List<string>(), new List<string>(), new List<string>());
        foreach (var path in (string[])
            [
                "admin", "admin/status-pages", "admin/status-pages/1", "admin/status-pages/new", "admin/components", "admin/components/1", "admin/components/1/told", "admin/components/new",
                "admin/incidents", "admin/incidents/1", "admin/incidents/1/told", "admin/incidents/new?page=1", "admin/incidents/templates", "admin/incidents/templates/1", "admin/incidents/templates/new",
                "admin/maintenance", "admin/maintenance?show=past", $"admin/maintenance/{hostile.Window}", $"admin/maintenance/{hostile.Cancelled}", $"admin/maintenance/{hostile.Window}/told", "admin/maintenance/new?page=1",
                "admin/notifications", "admin/notifications/1", "admin/notifications/1/deliveries", "admin/notifications/1/edit", "admin/notifications/3/edit", "admin/notifications/1/statistics", "admin/notifications/1/recover", $"admin/notifications/1/receivers?language={query}",
                "admin/notifications/new", "admin/notifications/import", "admin/deliveries", $"admin/deliveries?q={query}&state={query}&event={query}", $"admin/deliveries/{hostile.Delivery}",
                $"admin/events/{hostile.Event}", "admin/test-receiver", "admin/users", "admin/api-keys", "admin/audit", $"admin/audit?user={query}&object={query}&action={query}",
                "admin/settings", "account", $"account?changed={query}", "logout", "setup", $"invite?token={query}", $"reset-password?token={query}", "error", $"not-found?x={query}", $"status/404?x={query}",
                "hangfire", "hangfire/jobs/failed", "hangfire/jobs/scheduled", "hangfire/jobs/succeeded", "hangfire/servers", "hangfire/retries",
            ])
        {
            await Page.GotoAsync(path, new() { WaitUntil = WaitUntilState.Commit });
            await Expect(Page.Locator("h1").First).ToBeVisibleAsync();
            await Expect(Page.Locator(".loading")).ToHaveCountAsync(0);
            // Its heading is there before what was read.
            if (path.StartsWith("admin/deliveries/", StringComparison.Ordinal))
                await Expect(Page.Locator("details.attempt").First).ToBeAttachedAsync();
            await LookAsync(path);
        }
        // What is said for a moment, and what is asked.
        await Page.GotoAsync("admin/notifications");
        await Page.GetByRole(AriaRole.Switch).Nth(1).ClickAsync();
        await Expect(Page.Locator(".mud-snackbar").First).ToBeVisibleAsync();
        await LookAsync("a message");
        await Page.GotoAsync("admin/api-keys");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Revoke" }).First.ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await LookAsync("a question");
        await Page.GotoAsync("logout");
        await Page.Button("Sign out").ClickAsync();
        foreach (var path in (string[])[$"login?returnUrl={query}", $"login?external={query}&reset={query}&step={query}"])
        {
            await Page.GotoAsync(path);
            await Expect(Page.Button("Sign in")).ToBeVisibleAsync();
            await LookAsync(path);
        }
        Findings.AssertNone(wrong);
        Assert.Empty(ConsoleRoutes.NotAmong(visited));
        var all = string.Join('\n', seen);
        Findings.AssertNone(hostile.ShownTexts.Where(text => !all.Contains(text, StringComparison.Ordinal)));
        // Chromium's own lines about the statuses of the pages that tell of one.
        var problems = Window.Problems.Where(problem => !problem.Contains("Failed to load resource: the server responded with a status of", StringComparison.Ordinal));
        Findings.AssertNone(problems);
        Window.ForgetProblems();

        async Task LookAsync(string path)
        {
            visited.Add(new Uri(Page.Url).AbsolutePath);
            seen.Add(await Page.EvaluateAsync<string>(Text));
            wrong.AddRange((await Page.EvaluateAsync<string[]>(Foreign)).Select(found => $"{path}: {found}"));
            if (await Page.EvaluateAsync<bool>("() => window.__ran === true"))
                wrong.Add($"{path}: a script ran");
        }
    }
}
