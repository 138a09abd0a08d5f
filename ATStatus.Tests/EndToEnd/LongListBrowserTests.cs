using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>
/// Every list at the size of a large company: none grows without end, on a phone its first row is in sight, and it is searched, selected from and turned
/// over as the others are.
/// </summary>
public sealed class LongListBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    private const int MostHeight = 3_000;
    private const int MostNodes = 4_000;
    private const int FirstRowBefore = 500;

    private static readonly ConsoleAppOptions Large = new() { Settings = { ["Webhooks:KeepDelivered"] = "never", ["Api:RequestsPerMinute"] = "never" } };

    /// <summary>Pages that may be higher, and why.</summary>
    private static readonly Dictionary<string, string> Exceptions = new()
    {
        ["notification-edit"] = "All of a notification in one form, with the whole body of an event as its preview.",
    };

    private static readonly (string Name, string Path)[] Lists =
    [
        ("components", "admin/components"), ("notifications", "admin/notifications"), ("incidents", "admin/incidents"), ("maintenance", "admin/maintenance"),
        ("status-pages", "admin/status-pages"), ("templates", "admin/incidents/templates"), ("users", "admin/users"), ("api-keys", "admin/api-keys"),
        ("deliveries", "admin/deliveries"), ("audit", "admin/audit"),
    ];

    [Fact]
    public async Task No_page_grows_without_end_and_on_a_phone_each_list_begins_in_sight()
    {
        await StartSignedInAsync(Large);
        var lists = await LongLists.FillAsync(App, Stop);
        var (wrong, figures, examination) = (new List<string>(), new List<string>(), new PageExamination(Page));
        foreach (var (name, path) in (IEnumerable<(string, string)>)
            [
                ("overview", "admin"), .. Lists, ("components-other", "admin/components?offset=40"), ("components-narrowed", "admin/components?show=not_operational"), ("components-sorted", "admin/components?sort=name"),
                ("notifications-failing", "admin/notifications?show=failing"), ("notification-deliveries", "admin/notifications/1/deliveries"), ("incidents-next", "admin/incidents?offset=40"),
                ("incident", "admin/incidents/1"), ("incident-new", $"admin/incidents/new?page={lists.Page}"), ("maintenance-new", $"admin/maintenance/new?page={lists.Page}"),
                ("status-page", $"admin/status-pages/{lists.Page}"), ("notification-edit", "admin/notifications/1/edit"), ("incident-told", "admin/incidents/1/told"),
            ])
        {
            await Page.GotoAsync(path);
            await Expect(Page.GetByText("Loading…")).ToHaveCountAsync(0);
            await Expect(Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
            var (height, nodes) = (await Page.EvaluateAsync<int>("() => document.documentElement.scrollHeight"), await Page.EvaluateAsync<int>("() => document.querySelectorAll('*').length"));
            figures.Add($"{name}: {height} px, {nodes} nodes");
            if ((height > MostHeight || nodes > MostNodes) && !Exceptions.ContainsKey(name))
                wrong.Add(figures[^1]);
            if (Lists.Any(list => list.Name == name))
            {
                await Page.SetViewportSizeAsync(390, 844);
                var top = await Page.Locator("tbody tr").First.EvaluateAsync<double>("row => row.getBoundingClientRect().top");
                figures[^1] += $"; on a phone the first row at {top:0} px";
                await Page.ScreenshotAsync(new() { Path = RepositoryFolder.Artifact("screens", $"long-{name}-phone.png"), Animations = ScreenshotAnimations.Disabled });
                if (top > FirstRowBefore)
                    wrong.Add($"{name} on a phone: the first row is at {top:0} px");
                await Page.SetViewportSizeAsync(1280, 800);
                await examination.ExamineAsync($"long-{name}");
            }
        }
        await File.WriteAllLinesAsync(RepositoryFolder.Artifact("", "long-lists.txt"), figures, Stop);
        Findings.AssertNone(wrong);
        examination.AssertNothingFound();
    }

    [Fact]
    public async Task A_list_is_searched_from_the_keyboard_and_folded_filters_say_how_many_are_active()
    {
        await StartSignedInAsync();
        var page = await Get<StatusPageService>().CreateAsync(new StatusPageInput("Main Status", "main"), Stop);
        foreach (var name in (string[])["API", "Database", "Mail"])
            await Get<ComponentService>().CreateAsync(new ComponentInput(page, name, Core.Events.ComponentStatus.Operational), Stop);
        await GoToAsync("Components");
        await Expect(Page.Row("Mail")).ToBeVisibleAsync();

        await Page.Keyboard.PressAsync("/");
        await Expect(Page.Field("Search")).ToBeFocusedAsync();
        await Page.Keyboard.TypeAsync("ma");
        await Expect(Page.Row("API")).ToHaveCountAsync(0);
        await Expect(Page.Row("Mail")).ToBeVisibleAsync();
        await Expect(Page.GetByRole(AriaRole.Search).GetByText("1 of 3 components")).ToBeVisibleAsync();
        await Expect(Page).ToHaveURLAsync(new Uri(App.Address, "admin/components?q=ma").AbsoluteUri);
        await Page.GoBackAsync();
        await Expect(Page.Row("API")).ToBeVisibleAsync();
        await Expect(Page.Field("Search")).ToHaveValueAsync("");

        await Page.SetViewportSizeAsync(390, 844);
        await Expect(Page.Field("Show")).ToBeHiddenAsync();
        await Page.Button("Filters").ClickAsync();
        await Page.Field("Show").SelectOptionAsync("Operational");
        await Expect(Page.Button("Filters (1)")).ToHaveAttributeAsync("aria-expanded", "true");
        await Page.Button("Operational: remove this filter").ClickAsync();
        await Expect(Page.Button("Filters")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Several_components_are_selected_with_the_shift_key_and_deleted_after_a_question()
    {
        await StartSignedInAsync();
        var page = await Get<StatusPageService>().CreateAsync(new StatusPageInput("Main Status", "main"), Stop);
        foreach (var name in (string[])["One", "Two", "Three", "Four"])
            await Get<ComponentService>().CreateAsync(new ComponentInput(page, name, Core.Events.ComponentStatus.Operational), Stop);
        await GoToAsync("Components");
        var bar = Page.Region("Selected components");

        await Page.Checkbox("Select One").CheckAsync();
        await Page.Checkbox("Select Three").ClickAsync(new() { Modifiers = [KeyboardModifier.Shift] });
        await Expect(bar).ToContainTextAsync("3 selected");
        await bar.Button("Hide").ClickAsync();
        await Expect(Page.GetByText("Hidden", new() { Exact = true })).ToHaveCountAsync(3);
        await Expect(bar).ToHaveCountAsync(0);

        await Page.Checkbox("Select all of Main Status").CheckAsync();
        await Page.Checkbox("Select Four").UncheckAsync();
        await bar.Button("Delete").ClickAsync();
        var question = Page.GetByRole(AriaRole.Dialog, new() { Name = "Delete 3 components?" });
        await Expect(question).ToContainTextAsync("History and places in incidents and maintenance are deleted too.");
        await question.Button("Delete").ClickAsync();
        await Expect(Page.GetByText("3 components deleted")).ToBeVisibleAsync();
        await Expect(Page.GetByRole(AriaRole.Checkbox, new() { Name = "Select Four" })).ToBeVisibleAsync();
        await Expect(Page.Row("One")).ToHaveCountAsync(0);
        Assert.Equal("Four", Assert.Single(await Get<StatusPageQueries>().ComponentsAsync(page, Stop)).Name);
    }
}
