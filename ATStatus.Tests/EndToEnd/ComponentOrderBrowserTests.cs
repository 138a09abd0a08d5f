using System.Text.RegularExpressions;
using ATStatus.Core.Events;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>Components are put in order by mouse, finger and keyboard.</summary>
public sealed class ComponentOrderBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    private int _page;

    private ILocator Group => Page.Locator("tr.group-row");

    private ILocator Names => Page.Locator("tbody th a");

    [Fact]
    public async Task The_mouse_drags_a_row_to_another_place()
    {
        await OpenAsync("One", "Two", "Three");

        await DragAsync(Row("One"), Row("Three"));
        await Expect(Names).ToHaveTextAsync(["Two", "Three", "One"]);
        await DragAsync(Row("One").Locator("[data-grip]"), Row("Two"));
        await Expect(Names).ToHaveTextAsync(["One", "Two", "Three"]);
        await DragAsync(Page.Link("Three"), Group);
        await Expect(Row("Three").GetByLabel("Group", new() { Exact = true })).ToHaveValueAsync($"{await GroupAsync()}");
        await DragAsync(Group.Locator("[data-grip]"), Row("One"));
        await Expect(Names).ToHaveTextAsync(["Three", "One", "Two"]);

        await DragAsync(Row("One"), Row("Two"), async () => await Page.Keyboard.PressAsync("Escape"));
        await Expect(Row("One")).Not.ToHaveClassAsync(new Regex("dragging"));
        await Page.ReloadAsync();
        await Expect(Names).ToHaveTextAsync(["Three", "One", "Two"]);

        // A press that does not move is a click as ever.
        await Page.Link("Two").ClickAsync();
        await Expect(Page.Heading("Two")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task A_finger_drags_a_row_by_its_grip_and_scrolls_elsewhere()
    {
        await OpenAsync("One", "Two", "Three");
        var devtools = await Page.Context.NewCDPSessionAsync(Page);
        await devtools.SendAsync("Emulation.setTouchEmulationEnabled", new() { ["enabled"] = true });

        await TouchAsync(Row("One").Locator("[data-grip]"), Row("Three"));
        await Expect(Names).ToHaveTextAsync(["Two", "Three", "One"]);
        await TouchAsync(Row("One").Locator("[data-grip]"), Group);
        await Expect(Row("One").GetByLabel("Group", new() { Exact = true })).ToHaveValueAsync($"{await GroupAsync()}");
        await TouchAsync(Page.Link("Three"), Row("Two"));
        await TouchAsync(Row("Three").Locator("[data-grip]"), Row("Two"));
        // Had the touch outside of the grip moved the row, the one by the grip would have moved it back.
        await Expect(Names).ToHaveTextAsync(["Three", "Two", "One"]);

        async Task TouchAsync(ILocator from, ILocator to)
        {
            var ((x, y), (toX, toY)) = (await CenterAsync(from), await CenterAsync(to));
            await TouchEventAsync("touchStart", x, y);
            for (var step = 1; step <= 6; step++)
                await TouchEventAsync("touchMove", x + (toX - x) * step / 6, y + (toY - y) * step / 6);
            await devtools.SendAsync("Input.dispatchTouchEvent", new() { ["type"] = "touchEnd", ["touchPoints"] = Array.Empty<object>() });
        }

        Task TouchEventAsync(string type, float x, float y) => devtools.SendAsync(
            "Input.dispatchTouchEvent", new() { ["type"] = type, ["touchPoints"] = new object[] { new Dictionary<string, object> { ["x"] = x, ["y"] = y } } });
    }

    [Fact]
    public async Task The_keyboard_moves_and_renames_and_the_focus_stays_where_it_was()
    {
        await OpenAsync("One", "Two", "Three");

        await Row("One").Button("Move down").FocusAsync();
        await Page.Keyboard.PressAsync("Enter");
        await Expect(Names).ToHaveTextAsync(["Two", "One", "Three"]);
        await Expect(Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "One is now 2 of 4" })).ToHaveCountAsync(1);
        await Expect(Row("One").Button("Move down")).ToBeFocusedAsync();
        await Page.Keyboard.PressAsync("Enter");
        await Expect(Names).ToHaveTextAsync(["Two", "Three", "One"]);
        await Expect(Row("One").Button("Move down")).ToBeFocusedAsync();

        await Page.Button("Rename Core").FocusAsync();
        await Page.Keyboard.PressAsync("Enter");
        await Expect(Page.Field("Group name")).ToBeFocusedAsync();
        await Page.Field("Group name").FillAsync("Heart");
        await Page.Keyboard.PressAsync("Enter");
        await Expect(Page.Button("Rename Heart")).ToBeFocusedAsync();
        await Expect(Page.GetByRole(AriaRole.Status).Filter(new() { HasText = "Group renamed to Heart" })).ToHaveCountAsync(1);
        await Page.Keyboard.PressAsync("Enter");
        await Page.Button("Cancel").ClickAsync();
        await Expect(Page.Button("Rename Heart")).ToBeFocusedAsync();
    }

    private async Task OpenAsync(params string[] names)
    {
        await StartSignedInAsync();
        _page = await Get<StatusPageService>().CreateAsync(new StatusPageInput("Main", "main"), Stop);
        foreach (var name in names)
            await Get<ComponentService>().CreateAsync(new ComponentInput(_page, name, ComponentStatus.Operational), Stop);
        await Get<ComponentOrder>().AddGroupAsync(_page, "Core", Stop);
        await GoToAsync("Components");
        await Expect(Names).ToHaveTextAsync(names);
    }

    private async Task<int> GroupAsync() => (await Get<StatusPageQueries>().GroupsAsync(_page, Stop))[0].Id;

    private ILocator Row(string component) =>
        Page.GetByRole(AriaRole.Row).Filter(new() { Has = Page.GetByRole(AriaRole.Link, new() { Name = component, Exact = true }) });

    private async Task DragAsync(ILocator from, ILocator to, Func<Task>? before = null)
    {
        var ((x, y), (toX, toY)) = (await CenterAsync(from), await CenterAsync(to));
        await Page.Mouse.MoveAsync(x, y);
        await Page.Mouse.DownAsync();
        await Page.Mouse.MoveAsync(toX, toY, new() { Steps = 6 });
        if (before is not null)
            await before();
        await Page.Mouse.UpAsync();
    }

    /// <summary>The middle of the thing; of a row, of its name's cell.</summary>
    private static async Task<(float X, float Y)> CenterAsync(ILocator thing)
    {
        var cell = thing.Locator("th");
        var box = (await (await cell.CountAsync() > 0 ? cell : thing).BoundingBoxAsync())!;
        return (box.X + box.Width / 2, box.Y + box.Height / 2);
    }
}
