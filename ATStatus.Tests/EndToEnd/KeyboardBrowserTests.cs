using System.Text.RegularExpressions;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>The console without a mouse.</summary>
public sealed class KeyboardBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    /// <summary>More stops than any page has.</summary>
    private const int ManyStops = 200;

    private ILocator Navigation => Page.GetByRole(AriaRole.Navigation, new() { Name = "Main" });

    private ILocator Shortcuts => Page.GetByRole(AriaRole.Dialog, new() { Name = "Keyboard shortcuts" });

    private IKeyboard Keyboard => Page.Keyboard;

    [Fact]
    public async Task The_first_stop_skips_the_navigation()
    {
        await StartWithSampleAsync();
        await Page.GotoAsync("admin/incidents");
        await Expect(Page.Heading("Incidents")).ToBeVisibleAsync();

        await Keyboard.PressAsync("Tab");
        await Expect(Page.Link("Skip to content")).ToBeFocusedAsync();
        await Expect(Page.Link("Skip to content")).ToBeInViewportAsync();
        await Keyboard.PressAsync("Enter");

        await Expect(Page.GetByRole(AriaRole.Main)).ToBeFocusedAsync();
        await Keyboard.PressAsync("Tab");
        Assert.True(await Page.EvaluateAsync<bool>("() => Boolean(document.activeElement.closest('main'))"));
    }

    [Fact]
    public async Task An_incident_is_reported_refused_mended_saved_and_resolved()
    {
        await StartWithSampleAsync();
        await ReachAsync(Navigation.Link("Incidents"));
        await Expect(Page.Heading("Incidents")).ToBeFocusedAsync();
        await ReachAsync(Page.GetByRole(AriaRole.Main).Locator("a, button").Filter(new() { HasText = "Create Incident" }).First);
        await Expect(Page.Heading("Create Incident")).ToBeVisibleAsync();
        // The form that opens has the focus in its first field, and the heading is said with it.
        await Page.WaitForFunctionAsync("() => document.activeElement === document.querySelector('main form :is(input, select, textarea)')");

        await TabToAsync(Page.Field("Message"));
        await Keyboard.TypeAsync("Some requests fail.");
        await ReachAsync(Page.Button("Save"));
        // What is wrong is said, and one key leads to where it is.
        var problem = Page.GetByRole(AriaRole.Alert).GetByRole(AriaRole.Button).First;
        await ReachAsync(problem);
        await Expect(Page.Field("Title")).ToBeFocusedAsync();
        await Expect(Page.Field("Title")).ToHaveAttributeAsync("aria-invalid", "true");
        await Keyboard.TypeAsync("API errors");
        await TabToAsync(Page.Field("Severity"));
        await Keyboard.TypeAsync("maj");
        await TabToAsync(Page.Checkbox("API"));
        await Keyboard.PressAsync("Space");
        await ReachAsync(Page.Button("Save"));

        await Expect(Page.Heading("API errors")).ToBeFocusedAsync();
        Assert.Equal(IncidentSeverity.Major, (await Get<IncidentQueries>().FindAsync(1, Stop))!.Row.Severity);
        await TabToAsync(Page.Region("New update").GetByLabel("Message"));
        await Keyboard.TypeAsync("Over.");
        await ReachAsync(Page.Region("New update").Button("Resolve"));
        await Expect(Page.Region("Timeline").GetByText("Over.", new() { Exact = true })).ToBeVisibleAsync();
        Assert.Equal(IncidentStatus.Resolved, (await Get<IncidentQueries>().FindAsync(1, Stop))!.Row.Status);
    }

    [Fact]
    public async Task A_form_that_opens_has_the_focus_in_its_first_field_and_Ctrl_Enter_saves_it()
    {
        await StartWithSampleAsync();
        await Page.GotoAsync("admin/components");
        await Page.GetByRole(AriaRole.Main).Button("Add Component").ClickAsync();
        await Expect(Page.Field("Status page")).ToBeFocusedAsync();
        // The heading that has lost the focus is said with the field.
        await Expect(Page.Field("Status page")).ToHaveAccessibleDescriptionAsync(new Regex("Add Component"));
        await Expect(Page.Button("Save")).ToHaveAttributeAsync("aria-keyshortcuts", "Control+Enter Meta+Enter");
        await TabToAsync(Page.Field("Name"));
        await Keyboard.PressAsync("Control+Enter");
        await Expect(Page.Field("Name")).ToHaveAttributeAsync("aria-invalid", "true");
        await Page.Field("Name").FocusAsync();
        await Keyboard.TypeAsync("Search / index?");
        await Expect(Shortcuts).ToBeHiddenAsync();
        await TabToAsync(Page.Field("Description"));
        await Keyboard.TypeAsync("Two");
        await Keyboard.PressAsync("Enter");
        await Keyboard.PressAsync("Meta+Enter");
        await Expect(Page.Row("Search / index?")).ToBeVisibleAsync();
        Assert.Single(await Get<StatusPageQueries>().ComponentsAsync(cancellationToken: Stop), c => c.Name == "Search / index?");
    }

    [Fact]
    public async Task A_slash_leads_to_the_search_and_a_question_mark_to_the_list_of_keys_unless_they_are_switched_off()
    {
        await StartWithSampleAsync();
        await Page.GotoAsync("admin/deliveries");
        await Expect(Page.Field("Search")).ToBeVisibleAsync();
        await Keyboard.PressAsync("/");
        await Expect(Page.Field("Search")).ToBeFocusedAsync();
        await Expect(Page.Field("Search")).ToHaveValueAsync("");
        await Expect(Page.Field("Search")).ToHaveAttributeAsync("aria-keyshortcuts", "/");
        await Keyboard.TypeAsync("a/b?");
        await Expect(Page.Field("Search")).ToHaveValueAsync("a/b?");
        await Expect(Shortcuts).ToBeHiddenAsync();

        await Page.Button("Keyboard shortcuts").FocusAsync();
        await Keyboard.PressAsync("?");
        await Expect(Shortcuts).ToBeVisibleAsync();
        await Expect(Shortcuts).ToContainTextAsync("Save the form you are in");
        await Keyboard.PressAsync("Escape");
        await Expect(Shortcuts).ToBeHiddenAsync();
        await Expect(Page.Button("Keyboard shortcuts")).ToBeFocusedAsync();

        await Keyboard.PressAsync("Enter");
        var single = Shortcuts.GetByRole(AriaRole.Switch, new() { Name = "Single-key shortcuts", Exact = true });
        await Expect(single).ToHaveAttributeAsync("aria-checked", "true");
        await single.ClickAsync();
        await Shortcuts.Button("Close").ClickAsync();
        await Keyboard.PressAsync("?");
        await Keyboard.PressAsync("/");
        await Expect(Shortcuts).ToBeHiddenAsync();
        await Expect(Page.Button("Keyboard shortcuts")).ToBeFocusedAsync();
        // It is this browser's choice, and the button goes on working.
        await Page.ReloadAsync();
        await Expect(Page.Field("Search")).ToBeVisibleAsync();
        await Keyboard.PressAsync("/");
        await Expect(Page.Field("Search")).Not.ToBeFocusedAsync();
        await Page.Button("Keyboard shortcuts").ClickAsync();
        await Expect(single).ToHaveAttributeAsync("aria-checked", "false");
        Assert.Empty(await AxeScan.FindingsAsync(Page));
    }

    [Fact]
    public async Task A_question_keeps_the_focus_until_it_is_answered_and_gives_it_back()
    {
        await StartWithSampleAsync();
        await SubscribeAsync("https://hooks.example.com/", "Pager");
        await Page.GotoAsync("admin/notifications");
        await ReachAsync(Page.Button("Delete Pager"));
        var question = Page.GetByRole(AriaRole.Dialog, new() { Name = "Delete Pager?" });
        await Expect(question.Button("Cancel")).ToBeFocusedAsync();

        // Between its buttons and the browser's own controls, never to the page behind.
        for (var stop = 0; stop < 8; stop++)
        {
            await Keyboard.PressAsync(stop < 4 ? "Tab" : "Shift+Tab");
            Assert.True(await Page.EvaluateAsync<bool>("() => document.activeElement === document.body || Boolean(document.activeElement.closest('dialog'))"));
        }
        await Keyboard.PressAsync("Escape");

        await Expect(question).ToBeHiddenAsync();
        await Expect(Page.Button("Delete Pager")).ToBeFocusedAsync();
        await Expect(Page.Row("Pager")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task On_a_phone_the_menu_opens_closes_on_Escape_and_hides_what_it_holds()
    {
        await StartWithSampleAsync();
        await Page.SetViewportSizeAsync(390, 844);
        await Page.GotoAsync("admin");
        await Expect(Page.Heading("Overview")).ToBeVisibleAsync();
        Assert.DoesNotContain("Incidents", await StopsAsync(navigationOnly: true));

        await TabToAsync(Page.Button("Menu"));
        await Keyboard.PressAsync("Enter");
        await Expect(Page.Button("Menu")).ToHaveAttributeAsync("aria-expanded", "true");
        await TabToAsync(Navigation.Link("Incidents"));
        await Keyboard.PressAsync("Escape");
        await Expect(Page.Button("Menu")).ToBeFocusedAsync();
        await Expect(Page.Button("Menu")).ToHaveAttributeAsync("aria-expanded", "false");
        await Expect(Navigation.Link("Incidents")).ToBeHiddenAsync();

        await Keyboard.PressAsync("Enter");
        await ReachAsync(Navigation.Link("Incidents"));
        await Expect(Page.Heading("Incidents")).ToBeFocusedAsync();
        await Expect(Page.Button("Menu")).ToHaveAttributeAsync("aria-expanded", "false");
    }

    [Fact]
    public async Task Every_stop_of_every_kind_of_page_is_seen_in_either_theme_and_none_holds_the_focus()
    {
        await StartWithSampleAsync();
        await SubscribeAsync("https://hooks.example.com/", "Pager");
        await ReportAsync("API errors");
        await Page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        var unseen = new List<string>();
        foreach (var path in (string[])
            ["admin", "admin/status-pages/1", "admin/components", "admin/incidents", "admin/incidents/1", "admin/maintenance/new", "admin/notifications",
             "admin/notifications/new", "admin/notifications/1", "admin/notifications/1/edit", "admin/notifications/1/statistics", "admin/notifications/1/receivers", "admin/deliveries", "admin/deliveries/1",
             "admin/events/1", "admin/incidents/1/told", "admin/settings", "admin/api-keys", "admin/test-receiver"])
        {
            await Page.GotoAsync(path);
            await Expect(Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
            await Expect(Page.GetByText("Loading…")).ToHaveCountAsync(0);
            if (path.EndsWith("/new", StringComparison.Ordinal))
                await Expect(Page.Locator("main form :focus")).ToHaveCountAsync(1);
            var stops = await StopsAsync();
            Assert.True(stops.Count > 8, $"{path} has only {stops.Count} stops: {string.Join(", ", stops)}.");
            unseen.AddRange(stops.Where(stop => stop.StartsWith('!')).Select(stop => $"{path}: {stop[1..]}"));
        }
        Assert.True(unseen.Count == 0, string.Join('\n', unseen));
    }

    private async Task StartWithSampleAsync()
    {
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
    }

    /// <summary>
    /// Tabs once around the page. The names of the stops, with a "!" before those that nobody sees: outside the window, or looking the same with
    /// and without the focus in one of the themes.
    /// </summary>
    private async Task<IReadOnlyList<string>> StopsAsync(bool navigationOnly = false)
    {
        await Page.EvaluateAsync(
            """
            () => {
              const look = style => [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow, style.borderColor, style.backgroundColor, style.top].join();
              // What comes after a link may lie over the whole row and show it there; a field may show it by its label.
              const here = stop => [getComputedStyle(stop), getComputedStyle(stop, "::after"), ...[stop.closest("label")].filter(Boolean).map(label => getComputedStyle(label))].map(look).join("|");
              // The theme is an attribute: what watches it puts it right when this is over, and finds nothing to do.
              const root = document.documentElement;
              const looks = stop => {
                const own = root.dataset.theme;
                const all = ["light", "dark"].map(theme => {
                  root.dataset.theme = theme;
                  return here(stop);
                });
                root.dataset.theme = own;
                return all;
              };
              window.nextStop = () => {
                const stop = document.activeElement;
                if (!stop || stop === document.body) return null;
                if (stop.dataset.stopped) return null;
                stop.dataset.stopped = "yes";
                const name = (stop.getAttribute("aria-label") ?? stop.labels?.[0]?.textContent ?? stop.textContent).trim().replace(/\s+/g, " ").slice(0, 60) || stop.outerHTML.slice(0, 80);
                const place = stop.getBoundingClientRect();
                const inside = place.width > 0 && place.height > 0 && place.bottom > 0 && place.top < innerHeight && place.right > 0 && place.left < innerWidth;
                const focused = looks(stop);
                stop.blur();
                const plain = looks(stop);
                stop.focus({ focusVisible: true, preventScroll: true });
                return (inside && focused.every((look, theme) => look !== plain[theme]) ? "" : "!") + (stop.closest("nav") ? "nav:" : "") + name;
              };
              // From the page's beginning, wherever the focus was.
              document.body.tabIndex = -1;
              document.body.focus();
              document.body.removeAttribute("tabindex");
            }
            """);
        var stops = new List<string>();
        while (true)
        {
            await Keyboard.PressAsync("Tab");
            var stop = await Page.EvaluateAsync<string?>("() => window.nextStop()");
            if (stop is null)
                return navigationOnly ? [.. stops.Where(s => s.TrimStart('!').StartsWith("nav:", StringComparison.Ordinal)).Select(s => s.TrimStart('!')[4..])] : stops;
            stops.Add(stop);
            Assert.True(stops.Count < ManyStops, $"Tab goes on without end, last to {stop}.");
        }
    }
}
