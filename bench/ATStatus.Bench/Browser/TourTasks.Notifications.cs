using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace ATStatus.Bench.Browser;

/// <summary>Notifications, deliveries and access.</summary>
internal static partial class TourTasks
{
    private const int Subscribed = 20;
    private static readonly string[] IncidentEvents = ["incident.created", "incident.resolved", "incident.updated"];

    private static readonly (string Box, bool IsWanted)[] EventGroups =
    [
        ("All maintenance events", false), ("All component events", false), ("All incident events", true),
    ];

    private static async Task AddSlackAsync(Operator hand, TourConsole console)
    {
        var page = hand.Page;
        await hand.PressAsync(Link(page, "Notifications"));
        await hand.PressAsync(Either(page, "Add Notification"));
        await hand.PressAsync(page.GetByRole(AriaRole.Radio, new() { Name = "Slack", Exact = true }));
        var name = console.Unique("On call");
        await hand.TypeAsync(page.GetByRole(AriaRole.Textbox, new() { Name = "Name", Exact = true }), name);
        await hand.TypeAsync(
            page.GetByRole(AriaRole.Textbox, new() { Name = "URL" }), "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX");
        var first = true;
        // What the form suggests beyond incidents is taken away.
        foreach (var (group, isWanted) in EventGroups)
        {
            var shown = page.GetByRole(AriaRole.Group).Filter(new() { Has = Box(page, group) }).Last;
            var boxes = await shown.GetByRole(AriaRole.Checkbox, new() { NameRegex = new Regex(@"\.") }).AllAsync();
            var ticked = 0;
            foreach (var box in boxes)
                ticked += await box.IsCheckedAsync() ? 1 : 0;
            if (ticked == (isWanted ? boxes.Count : 0))
                continue;
            await hand.PressAsync(Box(page, group), again: !first);
            first = false;
            // A press on a group of which some are ticked ticks the others.
            if (!isWanted && ticked < boxes.Count)
                await hand.PressAsync(Box(page, group), again: true);
        }
        await hand.SaveAsync(Submit(page, "Save"));
        await hand.WaitAsync(page.WaitForURLAsync(Address("notifications(/[0-9]+)?$")));
        var saved = (await console.Site.GetAsync("notifications?limit=200")).GetProperty("data").EnumerateArray()
            .Single(notification => notification.GetProperty("name").GetString() == name);
        var events = saved.GetProperty("events").EnumerateArray().Select(e => e.GetString()!);
        if (!events.Order().SequenceEqual(IncidentEvents))
            throw new InvalidOperationException($"It is subscribed to {string.Join(", ", events)}.");
    }

    private static async Task SendTestAsync(Operator hand, TourConsole console)
    {
        var before = await TestsAsync(console);
        await hand.PressAsync(Link(hand.Page, "Notifications"));
        await hand.PressAsync(Row(hand.Page, "Support").GetByRole(AriaRole.Button, new() { Name = "Send test", Exact = true }));
        await hand.WaitAsync(console.Site.UntilAsync(
            "deliveries?isTest=true&state=delivered&limit=200", list => list.GetProperty("data").GetArrayLength() > before));

        static async Task<int> TestsAsync(TourConsole console) =>
            (await console.Site.GetAsync("deliveries?isTest=true&state=delivered&limit=200")).GetProperty("data").GetArrayLength();
    }

    private static async Task RedeliverAsync(Operator hand, TourConsole console)
    {
        var newest = (await console.Site.GetAsync($"deliveries?notificationId={console.Subject}&limit=1")).First();
        var attempts = newest.GetProperty("attemptCount").GetInt32();
        // The overview has the result of a failing notification's last attempt.
        await hand.PressAsync(hand.Page.GetByRole(AriaRole.Main).Locator($"a[href$='admin/deliveries/{newest.Number()}']").First);
        var redeliver = hand.Page.GetByRole(AriaRole.Button, new() { Name = "Redeliver", Exact = true });
        await hand.WaitAsync(redeliver);
        hand.Read();
        await hand.PressAsync(redeliver);
        await hand.WaitAsync(console.Site.UntilAsync(
            $"deliveries?notificationId={console.Subject}&limit=1",
            list => list.First().Number() != newest.Number() || list.First().GetProperty("attemptCount").GetInt32() > attempts));
    }

    private static async Task RecoverAsync(Operator hand, TourConsole console)
    {
        await hand.PressAsync(Link(hand.Page, "Billing"));
        var tab = hand.Page.GetByRole(AriaRole.Tab, new() { Name = "Resend missed events", Exact = true })
            .Or(Either(hand.Page, "Resend missed events|Deliver afterwards"));
        await hand.PressAsync(tab.First);
        await hand.PressAsync(Either(hand.Page, "Find missed deliveries|Count"));
        await hand.WaitAsync(hand.Page.GetByRole(AriaRole.Status).Filter(new() { HasTextRegex = new Regex("[0-9]") }));
        hand.Read();
        await hand.PressAsync(hand.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^(Resend missed events|Deliver afterwards)$") }).Last);
        var dialog = hand.Page.GetByRole(AriaRole.Dialog);
        await hand.PressAsync(dialog.GetByRole(AriaRole.Button).Last);
        await hand.WaitAsync(dialog.WaitForAsync(new() { State = WaitForSelectorState.Hidden }));
    }

    private static async Task SwitchOffAsync(Operator hand, TourConsole console)
    {
        await hand.PressAsync(Link(hand.Page, "Billing"));
        await hand.PressAsync(Either(hand.Page, "Switch off"));
        await hand.WaitAsync(console.Site.UntilAsync(
            $"notifications/{console.Subject}", notification => !notification.GetProperty("isEnabled").GetBoolean()));
    }

    private static async Task FindNotificationAsync(Operator hand, TourConsole console)
    {
        var name = ConsoleContent.Notification(47);
        await hand.PressAsync(Link(hand.Page, "Notifications"));
        await hand.WaitAsync(hand.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("^Team [0-9]+$") }));
        await hand.FindAsync(name, Link(hand.Page, name));
        await hand.PressAsync(Link(hand.Page, name));
        await hand.WaitAsync(hand.Page.GetByRole(AriaRole.Heading, new() { NameRegex = new Regex(name) }));
    }

    /// <summary>The same service in each of twenty groups.</summary>
    private static async Task SubscribeAsync(Operator hand, TourConsole console)
    {
        // It is the task of a form; how its notification is found is another.
        await console.Site.OpenAsync($"admin/notifications/{console.Subject}{(console.IsOther ? "" : "/edit")}");
        var components = hand.Page.GetByRole(AriaRole.Group, new() { Name = "Components", Exact = true });
        var search = components.GetByRole(AriaRole.Searchbox);
        if (await search.CountAsync() > 0)
            await hand.TypeAsync(search.First, "Checkout");
        var names = new Regex("^(select )?all .*(shown|found|match)|^select all", RegexOptions.IgnoreCase);
        var all = components.GetByRole(AriaRole.Checkbox, new() { NameRegex = names }).Or(components.GetByRole(AriaRole.Button, new() { NameRegex = names }));
        if (await all.CountAsync() > 0)
        {
            await hand.PressAsync(all.First);
        }
        else
        {
            // Where a search has left only these, the next is below the one before; otherwise each has to be found.
            var isFound = await search.CountAsync() > 0;
            for (var group = 0; group < Subscribed; group++)
            {
                var name = new Regex($"^{ConsoleContent.Component(group, 1)}");
                await hand.PressAsync(components.GetByRole(AriaRole.Checkbox, new() { NameRegex = name }), again: isFound && group > 0);
            }
        }
        await hand.SaveAsync(Submit(hand.Page, "Save"));
        await hand.WaitAsync(console.Site.UntilAsync(
            $"notifications/{console.Subject}",
            notification => notification.GetProperty("componentIds") is { ValueKind: JsonValueKind.Array } ids && ids.GetArrayLength() == Subscribed));
    }

    private static async Task InviteAsync(Operator hand, TourConsole console)
    {
        await hand.PressAsync(Link(hand.Page, "Users"));
        await hand.PressAsync(Either(hand.Page, "Invite user"));
        var dialog = hand.Page.GetByRole(AriaRole.Dialog);
        await hand.TypeAsync(dialog.GetByRole(AriaRole.Textbox, new() { Name = "Email" }), $"{console.Unique("sam").Replace(' ', '.')}@example.com");
        await hand.ChooseAsync(dialog.GetByLabel("Role", new() { Exact = true }), "Editor");
        await hand.SaveAsync(Submit(dialog, "Create invite link"));
        await hand.PressAsync(dialog.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Copy link") }));
    }

    private static async Task CreateKeyAsync(Operator hand, TourConsole console)
    {
        await hand.PressAsync(Link(hand.Page, "API keys"));
        await hand.PressAsync(Either(hand.Page, "Create API key"));
        var dialog = hand.Page.GetByRole(AriaRole.Dialog);
        await hand.TypeAsync(dialog.GetByRole(AriaRole.Textbox, new() { Name = "Name" }), console.Unique("deploy script"));
        await hand.PressAsync(dialog.GetByRole(AriaRole.Checkbox, new() { Name = "read:incidents", Exact = true }));
        await hand.PressAsync(dialog.GetByRole(AriaRole.Checkbox, new() { Name = "write:incidents", Exact = true }), again: true);
        await hand.ChooseAsync(dialog.GetByLabel("Expires", new() { Exact = true }), "90 days");
        await hand.SaveAsync(Submit(dialog, "Save"));
        await hand.PressAsync(hand.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Copy key") }));
    }
}
