using System.Text.RegularExpressions;
using ATStatus.Core.Maintenance;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>Choosing among 200 components: found, ticked and left by keyboard, with Save in sight.</summary>
public sealed class PickerBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    private const int MostStops = 30;

    private ILocator Components => Page.GetByRole(AriaRole.Group, new() { Name = "Components", Exact = true });

    private ILocator Groups => Page.GetByRole(AriaRole.Group, new() { Name = "Groups", Exact = true });

    private ILocator Search => Components.GetByRole(AriaRole.Searchbox, new() { Name = "Search components", Exact = true });

    [Theory]
    [InlineData(1280, 800)]
    [InlineData(390, 844)]
    public async Task No_form_has_more_than_30_stops_and_saving_stays_in_sight_and_covers_none(int width, int height)
    {
        await StartSignedInAsync();
        var page = await ManyComponents.AddAsync(App, Stop);
        var incident = await ReportAsync("Down");
        var start = DateTime.UtcNow.AddDays(1);
        var window = await Get<MaintenanceService>().ScheduleAsync(new MaintenanceInput(page, "Upgrade", "Work.", [], start, start.AddHours(1)), Stop);
        await Page.SetViewportSizeAsync(width, height);
        foreach (var (path, form, save) in (IEnumerable<(string, string, string)>)
            [
                ("admin/notifications/new", "main form", "Save"), ($"admin/incidents/new?page={page}", "main form", "Save"),
                ($"admin/incidents/{incident}", "form:has(#Components)", "Post update"), ($"admin/maintenance/new?page={page}", "main form", "Save"),
                ($"admin/maintenance/{window}", "dialog form", "Save"),
            ])
        {
            await Page.GotoAsync(path);
            if (form.StartsWith("dialog", StringComparison.Ordinal))
                await Page.Button("Edit").ClickAsync();
            await Expect(Page.Checkbox(ManyComponents.NameOf(19, 9))).ToBeAttachedAsync();
            // A row of the list with more than a checkbox, where there is one.
            await Page.Checkbox(ManyComponents.NameOf(3, 4)).CheckAsync();
            await Page.Checkbox($"All of {ManyComponents.GroupOf(5)}").CheckAsync();
            await Expect(Components).ToContainTextAsync("11 of 200 selected");
            var stops = await StopsAsync(form, save);
            Assert.True(stops.Count is > 8 and <= MostStops, $"{path} has {stops.Count} stops: {string.Join(" | ", stops)}.");
            Assert.True(stops.All(stop => !stop.StartsWith('!')), $"{path} at {width}: {string.Join('\n', stops.Where(stop => stop.StartsWith('!')))}");
        }
    }

    [Fact]
    public async Task Arrow_keys_go_through_the_list_Space_ticks_and_a_render_changes_no_stop()
    {
        await StartSignedInAsync();
        var page = await ManyComponents.AddAsync(App, Stop);
        await Page.GotoAsync($"admin/incidents/new?page={page}");
        await Expect(Components.GetByText("0 of 200 selected")).ToBeVisibleAsync();
        await Search.FocusAsync();
        await Page.Keyboard.PressAsync("Tab");
        await Expect(Page.Checkbox($"All of {ManyComponents.GroupOf(0)}")).ToBeFocusedAsync();
        await Page.Keyboard.PressAsync("ArrowDown");
        await Page.Keyboard.PressAsync("ArrowDown");
        await Expect(Page.Checkbox(ManyComponents.NameOf(0, 1))).ToBeFocusedAsync();
        await Page.Keyboard.PressAsync("Space");
        await Expect(Components.GetByText("1 of 200 selected")).ToBeVisibleAsync();
        await Expect(Page.Checkbox(ManyComponents.NameOf(0, 1))).ToBeFocusedAsync();
        Assert.True(await Page.Checkbox($"All of {ManyComponents.GroupOf(0)}").EvaluateAsync<bool>("box => box.indeterminate"));
        // The status beside it is the next stop, and the list has no third.
        await Page.Keyboard.PressAsync("Tab");
        await Expect(Page.Field($"Status of {ManyComponents.NameOf(0, 1)}")).ToBeFocusedAsync();
        await Page.Keyboard.PressAsync("Tab");
        await Expect(Page.Field("Started")).ToBeFocusedAsync();
        await Page.Keyboard.PressAsync("Shift+Tab");
        await Page.Keyboard.PressAsync("Shift+Tab");
        await Expect(Page.Checkbox(ManyComponents.NameOf(0, 1))).ToBeFocusedAsync();
        await Page.Keyboard.PressAsync("End");
        await Expect(Page.Checkbox(ManyComponents.NameOf(19, 9))).ToBeFocusedAsync();
        await Expect(Page.Checkbox(ManyComponents.NameOf(19, 9))).ToBeInViewportAsync();
        await Page.Keyboard.PressAsync("Home");
        await Page.Keyboard.PressAsync("Space");
        await Expect(Components.GetByText("10 of 200 selected")).ToBeVisibleAsync();
        await Expect(Page.Checkbox(ManyComponents.NameOf(0, 9))).ToBeCheckedAsync();
    }

    [Fact]
    public async Task A_search_hides_what_does_not_match_and_afterwards_what_is_ticked_stands_first()
    {
        await StartSignedInAsync();
        var page = await ManyComponents.AddAsync(App, Stop);
        await Page.GotoAsync($"admin/maintenance/new?page={page}");
        await Page.Field("Title").FillAsync("Upgrade");
        var mail = Page.Checkbox(ManyComponents.NameOf(12, 3));
        await Search.FillAsync("mail pARIS");
        await Expect(Components.GetByRole(AriaRole.Checkbox)).ToHaveCountAsync(1);
        // Enter would save: here it leads to what was found.
        await Search.PressAsync("Enter");
        await Expect(mail).ToBeFocusedAsync();
        await Page.Keyboard.PressAsync("Space");
        await Search.FillAsync("nothing of that name");
        await Expect(Components.GetByText("Nothing matches.")).ToBeVisibleAsync();
        Assert.NotEqual(0, await PlaceOfAsync(ManyComponents.NameOf(12, 3)));
        await Search.PressAsync("Escape");
        await Expect(Search).ToHaveValueAsync("");
        await Expect(Page.Checkbox(ManyComponents.NameOf(0, 0))).ToBeVisibleAsync();
        Assert.Equal(0, await PlaceOfAsync(ManyComponents.NameOf(12, 3)));
        // Ticking moves nothing.
        await Page.Checkbox(ManyComponents.NameOf(19, 9)).CheckAsync();
        await Expect(Components.GetByText("2 of 200 selected")).ToBeVisibleAsync();
        Assert.Equal(199, await PlaceOfAsync(ManyComponents.NameOf(19, 9)));
    }

    [Fact]
    public async Task Ticking_one_of_many_changes_that_one_and_not_the_list()
    {
        await StartSignedInAsync();
        var page = await ManyComponents.AddAsync(App, Stop);
        await Page.GotoAsync($"admin/incidents/new?page={page}");
        foreach (var group in (int[])[1, 2, 3])
            await Page.Checkbox($"All of {ManyComponents.GroupOf(group)}").CheckAsync();
        await Expect(Components.GetByText("30 of 200 selected")).ToBeVisibleAsync();
        await Page.EvaluateAsync(
            """
            () => {
              window.mutations = 0;
              new MutationObserver(all => { window.mutations += all.length; }).observe(document.querySelector("#Components"), { childList: true, subtree: true, attributes: true, characterData: true });
            }
            """);
        await Page.Checkbox(ManyComponents.NameOf(7, 7)).CheckAsync();
        await Expect(Page.Field($"Status of {ManyComponents.NameOf(7, 7)}")).ToBeVisibleAsync();
        Assert.InRange(await Page.EvaluateAsync<int>("() => window.mutations"), 1, 40);
    }

    [Fact]
    public async Task A_component_that_is_added_to_a_subscribed_group_later_reaches_the_receiver()
    {
        await using var receiver = LoopbackReceiver.Start();
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        await Page.GotoAsync("admin/notifications/new");
        await Expect(Page.Checkbox("All components")).ToBeCheckedAsync();
        await Expect(Groups).ToHaveCountAsync(0);
        await Get<ComponentOrder>().AddGroupAsync(1, "Europe", Stop);
        await Page.ReloadAsync();
        await Page.Field("Name").FillAsync("Europe only");
        await Page.Field("URL").FillAsync(receiver.Url.AbsoluteUri);
        await Page.Checkbox("All component events").CheckAsync();
        await Groups.GetByRole(AriaRole.Checkbox, new() { Name = "Europe", Exact = true }).CheckAsync();
        await Expect(Page.Checkbox("All components")).Not.ToBeCheckedAsync();
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Row("Europe only")).ToContainTextAsync("of all in Europe");
        await Page.Link("Europe only").ClickAsync();
        await Expect(Page.Region("Settings")).ToContainTextAsync("Europe (with components added later)");

        foreach (var (name, group) in (IEnumerable<(string, string)>)[("Elsewhere", "No group"), ("Frankfurt", "Europe")])
        {
            await Page.GotoAsync("admin/components/new");
            await Page.Field("Name").FillAsync(name);
            await Page.Field("Group").SelectOptionAsync(group);
            await Page.Button("Save").ClickAsync();
            await Expect(Page.Row(name)).ToBeVisibleAsync();
        }
        Assert.Contains("Frankfurt", Assert.Single(await receiver.WaitForAsync(1)).Text, StringComparison.Ordinal);

        await Page.GotoAsync("admin/notifications/1/edit");
        await Groups.GetByRole(AriaRole.Checkbox, new() { Name = "Europe", Exact = true }).UncheckAsync();
        await Page.Button("Save").ClickAsync();
        await Expect(Components).ToHaveAccessibleDescriptionAsync(new Regex("Choose at least one component, or all."));
        await Page.Checkbox("All components").CheckAsync();
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Region("Settings").Or(Page.Row("Europe only")).First).Not.ToContainTextAsync("of all in");
    }

    private Task<int> PlaceOfAsync(string name) => Components.EvaluateAsync<int>(
        "(list, name) => [...list.querySelectorAll('.picker-row input')].findIndex(box => box.labels[0].textContent.trim() === name)", name);

    /// <summary>
    /// Tabs once through a form. The names of its stops, with a "!" and the reason before those that nobody sees, or at which saving is not in sight.
    /// </summary>
    private async Task<IReadOnlyList<string>> StopsAsync(string form, string save)
    {
        await Page.EvaluateAsync(
            """
            ([selector, save]) => {
              const form = document.querySelector(selector);
              const button = [...form.querySelectorAll("button")].find(one => one.textContent.trim() === save);
              const actions = button.parentElement;
              const seen = new Set();
              const hits = element => {
                const place = element.getBoundingClientRect();
                const at = document.elementFromPoint(place.left + place.width / 2, place.top + place.height / 2);
                return place.top >= 0 && place.bottom <= innerHeight && Boolean(at) && (element.contains(at) || at.contains(element) || element.labels?.[0]?.contains(at));
              };
              window.stop = () => {
                const stop = document.activeElement;
                if (!form.contains(stop)) return seen.size > 0 ? null : "";
                if (seen.has(stop)) return "";
                seen.add(stop);
                const name = (stop.getAttribute("aria-label") ?? stop.labels?.[0]?.textContent ?? stop.textContent).trim().replace(/\s+/g, " ").slice(0, 50) || stop.outerHTML.slice(0, 80);
                const place = stop.getBoundingClientRect();
                const problems = [
                  ...(hits(button) ? [] : [`${save} is not in sight`]),
                  ...(actions.contains(stop) || place.bottom <= actions.getBoundingClientRect().top + 1 ? [] : ["covered by what saves"]),
                  ...(hits(stop) ? [] : ["out of sight"]),
                ];
                return (problems.length ? `!${problems.join(", ")}: ` : "") + name;
              };
              const first = form.closest("dialog") ?? document.body;
              first.tabIndex = -1;
              first.focus();
              first.removeAttribute("tabindex");
            }
            """,
            new object[] { form, save });
        var stops = new List<string>();
        for (var presses = 0; presses < 150; presses++)
        {
            await Page.Keyboard.PressAsync("Tab");
            var stop = await Page.EvaluateAsync<string?>("() => window.stop()");
            if (stop is null)
                return stops;
            if (stop.Length > 0)
                stops.Add(stop);
            // The browser's own stops come after the last of a dialog, and then its first again.
            else if (stops.Count > MostStops)
                break;
        }
        return stops;
    }
}
