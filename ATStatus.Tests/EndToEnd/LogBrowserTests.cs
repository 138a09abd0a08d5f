using System.Text.RegularExpressions;
using ATStatus.Core.Notifications;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>The delivery log as an operator uses it: filtered, watched, scrolled, chosen from, downloaded; by mouse, keyboard and finger.</summary>
public sealed class LogBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    private static readonly ConsoleAppOptions KeepsAll = new() { Settings = { ["Webhooks:KeepDelivered"] = "never" } };

    [Fact]
    public async Task Filters_stand_in_the_address_and_the_way_back_leads_through_them()
    {
        await using var receiver = LoopbackReceiver.Start();
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        await SubscribeAsync(receiver.Url.AbsoluteUri);
        foreach (var title in (string[])["Checkout is down", "Search is down", "Checkout answers slowly"])
            await ReportAsync(title);
        await receiver.WaitForAsync(3);
        await GoToAsync("Deliveries");
        await Expect(Links).ToHaveCountAsync(3);

        await Page.Field("State").SelectOptionAsync("Delivered");
        await AtAsync("?state=delivered");
        await Page.Field("Search").FillAsync("checkout");
        await Page.Keyboard.PressAsync("Enter");
        await AtAsync("?state=delivered&q=checkout");
        await Expect(Links).ToHaveCountAsync(2);
        await Expect(Page.GetByRole(AriaRole.Group, new() { Name = "Deliveries by state" }).GetByText("2")).ToBeVisibleAsync();

        await Page.GoBackAsync();
        await AtAsync("?state=delivered");
        await Expect(Page.Field("Search")).ToHaveValueAsync("");
        await Expect(Links).ToHaveCountAsync(3);
        await Page.GoForwardAsync();
        await Expect(Page.Field("Search")).ToHaveValueAsync("checkout");
        await Page.ReloadAsync();
        await Expect(Links).ToHaveCountAsync(2);
        await Expect(Page.Field("State")).ToHaveValueAsync("delivered");
        await Page.Button("“checkout”: remove this filter").ClickAsync();
        await AtAsync("?state=delivered");
        await Page.Button("Clear filters").ClickAsync();
        await AtAsync("");
        await Expect(Page.Button("Clear filters")).ToHaveCountAsync(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_filtered_log_is_there_again_after_a_delivery(bool byTheBrowser)
    {
        await using var receiver = LoopbackReceiver.Start();
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        await SubscribeAsync(receiver.Url.AbsoluteUri);
        foreach (var title in (string[])["Checkout is down", "Search is down"])
            await ReportAsync(title);
        await receiver.WaitForAsync(2);
        await GoToAsync("Deliveries");
        await Page.Field("State").SelectOptionAsync("Delivered");
        await AtAsync("?state=delivered");
        // Typed, and no Enter; one step of the way back however long it takes.
        await Page.Field("Search").PressSequentiallyAsync("check");
        await AtAsync("?state=delivered&q=check");
        await Page.Field("Search").PressSequentiallyAsync("out");
        await AtAsync("?state=delivered&q=checkout");
        await Expect(Page.Field("Search")).ToBeFocusedAsync();
        await Expect(Links).ToHaveCountAsync(1);

        await Links.First.ClickAsync();
        await Expect(Page.Heading("Delivery #1")).ToBeVisibleAsync();
        if (byTheBrowser)
            await Page.GoBackAsync();
        else
            await Page.GetByRole(AriaRole.Main).Link("Deliveries").ClickAsync();
        await AtAsync("?state=delivered&q=checkout");
        await Expect(Page.Field("Search")).ToHaveValueAsync("checkout");
        await Expect(Links).ToHaveCountAsync(1);
        if (byTheBrowser)
        {
            await Page.GoBackAsync();
            await AtAsync("?state=delivered");
            return;
        }
        // One that is come to from elsewhere leads to the whole log.
        await GoToAsync("Overview");
        await Page.GotoAsync("admin/deliveries/1");
        await Page.GetByRole(AriaRole.Main).Link("Deliveries").ClickAsync();
        await AtAsync("");
    }

    [Fact]
    public async Task Paused_the_list_stays_and_says_what_is_new_until_it_is_resumed()
    {
        await using var receiver = LoopbackReceiver.Start();
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        await SubscribeAsync(receiver.Url.AbsoluteUri);
        await GoToAsync("Deliveries");
        await ReportAsync("Before");
        await Expect(Page.Row("Before")).ToContainTextAsync("Delivered");

        await Page.Field("Pause live updates").CheckAsync();
        await Expect(Page.GetByText("Paused", new() { Exact = true })).ToBeVisibleAsync();
        await ReportAsync("Meanwhile");
        await ReportAsync("Meanwhile again");
        await Expect(Page.Button("2 new")).ToBeVisibleAsync();
        await Expect(Links).ToHaveCountAsync(1);
        await Page.Field("Pause live updates").UncheckAsync();
        await Expect(Links).ToHaveCountAsync(3);
        await Expect(Page.Button("2 new")).ToHaveCountAsync(0);
        await ReportAsync("After");
        await Expect(Page.Row("After")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Many_are_chosen_with_the_keyboard_and_redelivered()
    {
        await using var receiver = LoopbackReceiver.Start();
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        await SubscribeAsync(receiver.Url.AbsoluteUri);
        foreach (var title in (string[])["One", "Two", "Three", "Four"])
            await ReportAsync(title);
        await receiver.WaitForAsync(4);
        await GoToAsync("Deliveries");
        await Expect(Page.Row("Delivered")).ToHaveCountAsync(4);

        await Page.Checkbox("Select delivery 4").FocusAsync();
        await Page.Keyboard.PressAsync("Space");
        // From row to row: its link lies between two checkboxes.
        await Page.Keyboard.PressAsync("Tab");
        await Page.Keyboard.PressAsync("Tab");
        await Expect(Page.Checkbox("Select delivery 3")).ToBeFocusedAsync();
        await Page.Keyboard.PressAsync("Space");
        await Page.Checkbox("Select delivery 1").ClickAsync(new() { Modifiers = [KeyboardModifier.Shift] });
        await Expect(Bar).ToContainTextAsync("4 selected");
        await Page.Checkbox("Select delivery 2").UncheckAsync();
        await Expect(Bar).ToContainTextAsync("3 selected");
        Assert.True(await Page.Checkbox("Select all on this page").EvaluateAsync<bool>("box => box.indeterminate"));
        await Bar.Button("Redeliver").FocusAsync();
        await Page.Keyboard.PressAsync("Enter");
        var question = Page.GetByRole(AriaRole.Dialog, new() { Name = "Redeliver 3 deliveries?" });
        await Expect(question.Button("Redeliver")).ToBeFocusedAsync();
        await Page.Keyboard.PressAsync("Enter");

        await Expect(Bar).ToContainTextAsync("3 deliveries redelivered.");
        var requests = await receiver.WaitForAsync(7);
        Assert.Equal(4, requests.Select(r => r.Header("X-Request-ID")).Distinct().Count());
        Assert.Equal(3, requests.GroupBy(r => r.Header("X-Request-ID")).Count(g => g.Count() == 2));
        await Expect(Page.Row("Delivered").Filter(new() { Has = Page.GetByRole(AriaRole.Cell, new() { Name = "2", Exact = true }) })).ToHaveCountAsync(3);
        await Bar.Button("Close").ClickAsync();
        await Expect(Bar).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task What_was_missed_is_chosen_on_a_phone_and_delivered_afterwards()
    {
        await using var receiver = LoopbackReceiver.Start();
        // One send at a time, so that their order shows.
        await StartSignedInAsync(new ConsoleAppOptions { Settings = { ["Webhooks:SendsPerNotification"] = "1" } });
        await Get<SampleData>().LoadAsync(Stop);
        var id = await SubscribeAsync(receiver.Url.AbsoluteUri, "Partner portal");
        await Get<NotificationService>().SetEnabledAsync(id, false, Stop);
        foreach (var title in (string[])["First", "Second", "Third"])
            await ReportAsync(title);
        await Get<NotificationService>().SetEnabledAsync(id, true, Stop);
        await Page.SetViewportSizeAsync(390, 844);
        await Page.GotoAsync("admin/deliveries");
        await Expect(Page.Field("State")).ToBeHiddenAsync();
        await Page.Button("Filters").ClickAsync();
        await Page.Field("State").SelectOptionAsync("Skipped");
        await Expect(Page.Button("Filters (1)")).ToHaveAttributeAsync("aria-expanded", "true");
        await Page.Button("Filters (1)").ClickAsync();

        await Page.Checkbox("Select delivery 1").CheckAsync();
        await Page.Checkbox("Select delivery 3").CheckAsync();
        await Bar.Button("Resend missed events").ClickAsync();
        await Page.GetByRole(AriaRole.Dialog, new() { Name = "Resend 2 deliveries?" }).Button("Resend missed events").ClickAsync();

        await Expect(Bar).ToContainTextAsync("2 deliveries on their way.");
        var requests = await receiver.WaitForAsync(2);
        Assert.Equal(["First", "Third"], requests.Select(r => Regex.Match(r.Text, "\"title\":\"([^\"]*)\"").Groups[1].Value));
        await Expect(Links).ToHaveCountAsync(1);
        Assert.Equal(0, await Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth"));
    }

    [Fact]
    public async Task A_long_log_is_scrolled_as_one_list_of_which_few_rows_are_on_the_page()
    {
        const int count = 2_000;
        await StartSignedInAsync(KeepsAll);
        await LogRows.FillAsync(App.Services, count);
        await GoToAsync("Deliveries");
        await Expect(Link(count)).ToBeVisibleAsync();
        await Expect(Links).ToHaveCountAsync(50);

        var most = 0;
        while (await Link(count - 400).CountAsync() == 0)
        {
            most = Math.Max(most, await Links.CountAsync());
            var last = await Links.Last.GetAttributeAsync("href");
            await Links.Last.ScrollIntoViewIfNeededAsync();
            await Page.WaitForFunctionAsync("last => [...document.querySelectorAll('a.log-link')].at(-1).getAttribute('href') !== last", last);
        }
        Assert.InRange(most, 100, 150);
        await Expect(Page.GetByText("Older deliveries")).ToBeVisibleAsync();

        // The address says which line is read: loaded again it is there, and the way on is the same.
        await Page.WaitForFunctionAsync(AddressIsOfTheFirstLine);
        var before = long.Parse(Regex.Match(Page.Url, @"\d+$").Value, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(before, count - 460, count - 200);
        await Page.ReloadAsync();
        await Expect(Link(before - 1)).ToBeInViewportAsync();
        await Expect(Link(before + 10)).ToHaveCountAsync(0);
        await Page.Mouse.MoveAsync(640, 400);
        for (var turns = 0; turns < 1_000 && await Link(before + 10).CountAsync() == 0; turns++)
            await Page.Mouse.WheelAsync(0, await Page.EvaluateAsync<float>("() => scrollY") > 0 ? -200 : 20);
        await Expect(Link(before + 10)).ToHaveCountAsync(1);

        await Page.Button("Newest").ClickAsync();
        await Expect(Link(count)).ToBeInViewportAsync();
        await Expect(Page.Region("Deliveries")).ToBeFocusedAsync();
        await AtAsync("");
    }

    [Fact]
    public async Task At_the_very_top_of_older_rows_the_wheel_brings_newer_ones()
    {
        await StartSignedInAsync(KeepsAll);
        await LogRows.FillAsync(App.Services, 400);
        await Page.GotoAsync("admin/deliveries?before=201");
        await Expect(Link(200)).ToBeInViewportAsync();
        await Expect(Link(201)).ToHaveCountAsync(0);

        await Page.Mouse.MoveAsync(640, 400);
        await Page.Mouse.WheelAsync(0, -100);

        await Expect(Link(250)).ToHaveCountAsync(1);
        // The line that is read stays.
        await Expect(Link(200)).ToBeInViewportAsync();
    }

    [Fact]
    public async Task While_other_rows_are_on_their_way_the_reader_stays_and_then_the_address_is_that_of_what_came()
    {
        await StartSignedInAsync(KeepsAll);
        await LogRows.FillAsync(App.Services, 400);
        await Page.GotoAsync("admin/deliveries?before=201");
        await Expect(Link(200)).ToBeInViewportAsync();
        // The buttons stay at the window's end: rows that come because of the scrolling do not move them from under the pointer.
        await Page.EvaluateAsync("() => scrollTo(0, 600)");
        await Page.EvaluateAsync(HoldWhatFollowsANavigation);

        await Page.Button("Newest").ClickAsync();
        await Page.WaitForFunctionAsync("() => window.held.length > 0");
        Assert.True(await Page.EvaluateAsync<double>("() => scrollY") > 0);
        await Page.EvaluateAsync("() => scrollTo(0, 0)");
        await Expect(Page).ToHaveURLAsync(new Regex(@"\?before=\d+$"));
        await Page.EvaluateAsync("() => window.release()");

        await Expect(Link(400)).ToBeInViewportAsync();
        await Expect(Page.Region("Deliveries")).ToBeFocusedAsync();
        await AtAsync("");
    }

    [Fact]
    public async Task Scrolled_down_the_line_that_is_read_stays_while_new_ones_arrive()
    {
        await StartSignedInAsync(KeepsAll);
        await LogRows.FillAsync(App.Services, 120);
        await GoToAsync("Deliveries");
        await Link(90).ScrollIntoViewIfNeededAsync();
        await Page.Mouse.MoveAsync(640, 400);
        await Page.Mouse.WheelAsync(0, 300);
        await Expect(Link(120)).Not.ToBeInViewportAsync();
        await Expect(Links).ToHaveCountAsync(100);
        var top = await Link(90).EvaluateAsync<double>("link => Math.round(link.getBoundingClientRect().top)");

        await LogRows.AddAsync(App.Services, "Arrived meanwhile");
        await Expect(Page.Button("1 new")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        Assert.Equal(top, await Link(90).EvaluateAsync<double>("link => Math.round(link.getBoundingClientRect().top)"));
        await Page.Button("1 new").ClickAsync();
        await Expect(Link(121)).ToBeInViewportAsync();
    }

    [Fact]
    public async Task What_is_filtered_is_what_is_downloaded()
    {
        await StartSignedInAsync(KeepsAll);
        await LogRows.AddAsync(App.Services, "Checkout is down", "Search is down", "Checkout is back");
        await Page.GotoAsync("admin/deliveries?q=checkout");
        await Expect(Links).ToHaveCountAsync(2);

        foreach (var (name, extension, lines) in new[] { ("Export CSV", "csv", 3), ("Export JSON Lines", "jsonl", 2) })
        {
            var download = await Page.RunAndWaitForDownloadAsync(() => Page.Link(name).ClickAsync());
            Assert.Matches($"^deliveries-\\d{{8}}T\\d{{6}}Z\\.{extension}$", download.SuggestedFilename);
            var text = await File.ReadAllTextAsync(await download.PathAsync(), Stop);
            Assert.Equal(lines, text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
            Assert.DoesNotContain("Search", text, StringComparison.Ordinal);
        }
        // The page is where it was, and live.
        await AtAsync("?q=checkout");
        await LogRows.AddAsync(App.Services, "Checkout again");
        await Expect(Links).ToHaveCountAsync(3, new() { Timeout = 20_000 });
    }

    /// <summary>It is written when scrolling has come to rest, so an earlier one may stand there for a moment.</summary>
    private const string AddressIsOfTheFirstLine = """
        () => {
          const bar = document.querySelector("header.mud-appbar").offsetHeight;
          const row = [...document.querySelectorAll("tr[data-id]")].find(row => row.getBoundingClientRect().bottom > bar);
          return new URL(location.href).searchParams.get("before") === String(Number(row?.dataset.id) + 1);
        }
        """;

    /// <summary>A slow line: what the page tells the server from its next navigation on waits until it is let go.</summary>
    private const string HoldWhatFollowsANavigation = """
        () => {
          const send = WebSocket.prototype.send;
          const push = history.pushState;
          window.held = [];
          window.release = () => {
            WebSocket.prototype.send = send;
            for (const message of window.held.splice(0)) message();
          };
          history.pushState = function (...entry) {
            history.pushState = push;
            WebSocket.prototype.send = function (data) { window.held.push(() => send.call(this, data)); };
            return push.apply(history, entry);
          };
        }
        """;

    private ILocator Links => Page.Locator("a.log-link");

    private ILocator Bar => Page.Region("Selected deliveries");

    private ILocator Link(long id) => Page.Locator($"tr[data-id='{id}'] a.log-link");

    private Task AtAsync(string query) => Expect(Page).ToHaveURLAsync(new Uri(App.Address, "admin/deliveries" + query).AbsoluteUri);
}
