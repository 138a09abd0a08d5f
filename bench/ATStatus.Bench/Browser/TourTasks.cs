using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Bench.Browser;

/// <summary>
/// What an operator does, as one who knows the console does it. Controls are found by the roles and names that the console promises, so
/// that the same tour walks through earlier and later builds; where a build offers a shorter way, it is taken.
/// </summary>
internal static partial class TourTasks
{
    private const string Message = "Some requests fail. We are looking into the cause.";
    private const string NextMessage = "The cause is found: a full disk. We are adding space.";
    private static readonly int[] Affected = [1, 2];
    private static readonly int[] Maintained = [1];
    private static readonly string[] Components = ["API", "Checkout", "Dashboard", "Search", "Uploads", "Webhooks"];

    public static IReadOnlyList<TourTask> All { get; } =
    [
        new("Open an incident that affects 2 of 6 components", null, OpenIncidentAsync),
        new("Post an update with another status", PrepareIncidentAsync, PostUpdateAsync),
        new("Resolve an incident with its default text", PrepareIncidentAsync, ResolveAsync),
        new("Schedule a window of 2 hours", null, ScheduleAsync),
        new("Extend a running window by an hour", console => PrepareWindowAsync(console, TimeSpan.Zero), ExtendAsync),
        new("Cancel a window and notify", console => PrepareWindowAsync(console, TimeSpan.FromHours(20)), CancelAsync),
        new("Change a component's status and publish it", PrepareComponentAsync, ChangeStatusAsync),
        new("Put a component into a group", PrepareComponentAsync, RegroupAsync),
        new("Add a Slack notification for incidents only", null, AddSlackAsync),
        new("Send a test", null, SendTestAsync),
        new("Find why a delivery failed and redeliver it", PrepareFailureAsync, RedeliverAsync),
        new("Resend all that a notification missed", PrepareFailureAsync, RecoverAsync),
        new("Switch off a failing notification", PrepareFailureAsync, SwitchOffAsync),
        new("Invite a user", null, InviteAsync),
        new("Create an API key", null, CreateKeyAsync),
        new("Find one notification among 60 and open it", null, FindNotificationAsync, InLarge: true),
        new("Subscribe a notification to 20 of 200 components", PrepareSubscriptionAsync, SubscribeAsync, InLarge: true),
    ];

    /// <summary>A status page with six components in two groups and two notifications, one of which always fails.</summary>
    /// <returns>The status page's number.</returns>
    public static async Task<int> FillAsync(ConsoleSite site, LoopbackReceiver receiver, LoopbackReceiver failing)
    {
        var page = await site.CreateAsync("statuspages", new { name = "Example Cloud", slug = "example-cloud", timeZone = "UTC" });
        int[] groups =
        [
            await site.CreateAsync("component-groups", new { name = "Europe", statusPageId = page }),
            await site.CreateAsync("component-groups", new { name = "America", statusPageId = page }),
        ];
        foreach (var (name, index) in Components.Select((name, index) => (name, index)))
            await site.CreateAsync("components", new { name, statusPageId = page, groupId = groups[index % 2] });
        await site.CreateAsync("notifications", ConsoleContent.Webhook("Support", receiver));
        await site.CreateAsync("notifications", ConsoleContent.Webhook("Billing", failing));
        return page;
    }

    private static async Task PrepareIncidentAsync(TourConsole console)
    {
        console.Name = console.Unique("Checkout is slow, case");
        console.Subject = await console.Site.CreateAsync("incidents", new
        {
            title = console.Name,
            statusPageId = console.StatusPage,
            impact = "minor",
            status = "investigating",
            message = Message,
            componentIds = Affected,
        });
    }

    private static async Task PrepareWindowAsync(TourConsole console, TimeSpan from)
    {
        // What is left of earlier rounds would push it off the overview.
        foreach (var earlier in (await console.Site.GetAsync("maintenance?limit=20")).GetProperty("data").EnumerateArray())
        {
            var end = earlier.GetProperty("status").GetString() switch { "in_progress" => "complete", "scheduled" => "cancel", _ => null };
            if (end is not null)
                await console.Site.PostAsync($"maintenance/{earlier.Number()}/{end}", new { });
        }
        console.Name = console.Unique("Database upgrade");
        var start = DateTime.UtcNow + from;
        console.Subject = await console.Site.CreateAsync("maintenance", new
        {
            title = console.Name,
            description = "Short interruptions are possible.",
            statusPageId = console.StatusPage,
            scheduledStartTime = ConsoleSite.Text(start),
            scheduledEndTime = ConsoleSite.Text(start.AddHours(1)),
            componentIds = Maintained,
        });
        if (from == TimeSpan.Zero)
            await console.Site.UntilAsync($"maintenance/{console.Subject}", window => window.GetProperty("status").GetString() == "in_progress");
    }

    private static async Task PrepareComponentAsync(TourConsole console)
    {
        console.Name = console.Unique("Reports");
        console.Subject = await console.Site.CreateAsync("components", new { name = console.Name, statusPageId = console.StatusPage });
    }

    private static async Task PrepareFailureAsync(TourConsole console)
    {
        var failing = (await console.Site.GetAsync("notifications?limit=200")).GetProperty("data").EnumerateArray()
            .First(notification => notification.GetProperty("name").GetString() == "Billing").Number();
        await console.Site.PatchAsync($"notifications/{failing}", new { isEnabled = true });
        await PrepareIncidentAsync(console);
        console.Subject = (int)failing;
        await console.Site.UntilAsync(
            $"deliveries?notificationId={failing}&limit=1",
            list => list.GetProperty("data").GetArrayLength() > 0 && list.First().GetProperty("state").GetString() == "failed");
    }

    private static async Task PrepareSubscriptionAsync(TourConsole console) =>
        console.Subject = await console.Site.CreateAsync("notifications", ConsoleContent.Webhook(console.Name = console.Unique("Shop"), console.Receiver));

    private static async Task OpenIncidentAsync(Operator hand, TourConsole console)
    {
        var page = hand.Page;
        await hand.PressAsync(Either(page, "Create Incident"));
        await hand.TypeAsync(page.GetByRole(AriaRole.Textbox, new() { Name = "Title" }), console.Unique("Checkout fails"));
        await hand.ChooseAsync(page.GetByLabel("Severity", new() { Exact = true }), "Major");
        await hand.TypeAsync(page.GetByRole(AriaRole.Textbox, new() { Name = "Message" }), Message);
        await hand.PressAsync(Box(page, "Checkout"));
        await hand.PressAsync(Box(page, "Webhooks"), again: true);
        await hand.SaveAsync(Submit(page, "Save"));
        await hand.WaitAsync(page.WaitForURLAsync(Address("incidents/[0-9]+$")));
        await hand.WaitAsync(page.GetByRole(AriaRole.Region, new() { Name = "New update" }));
    }

    private static async Task PostUpdateAsync(Operator hand, TourConsole console)
    {
        await hand.PressAsync(Link(hand.Page, console.Name));
        var update = hand.Page.GetByRole(AriaRole.Region, new() { Name = "New update" });
        await hand.ChooseAsync(update.GetByLabel("Status", new() { Exact = true }), "Identified");
        await hand.TypeAsync(update.GetByRole(AriaRole.Textbox, new() { Name = "Message" }), NextMessage);
        await hand.SaveAsync(Submit(update, "Post update"));
        await hand.WaitAsync(hand.Page.GetByRole(AriaRole.Listitem).Filter(new() { HasText = NextMessage }));
    }

    private static async Task ResolveAsync(Operator hand, TourConsole console)
    {
        await hand.PressAsync(Link(hand.Page, console.Name));
        var update = hand.Page.GetByRole(AriaRole.Region, new() { Name = "New update" });
        // Earlier there were no default texts.
        if (console.IsOther)
            await hand.TypeAsync(update.GetByRole(AriaRole.Textbox, new() { Name = "Message" }), "This incident has been resolved.");
        await hand.PressAsync(update.GetByRole(AriaRole.Button, new() { Name = "Resolve", Exact = true }));
        await hand.WaitAsync(Either(hand.Page, "Reopen"));
    }

    private static async Task ScheduleAsync(Operator hand, TourConsole console)
    {
        var page = hand.Page;
        await hand.PressAsync(Link(page, "Maintenance"));
        await hand.PressAsync(Either(page, "Schedule Maintenance"));
        await hand.TypeAsync(page.GetByRole(AriaRole.Textbox, new() { Name = "Title" }), console.Unique("Storage upgrade"));
        await hand.TypeAsync(page.GetByRole(AriaRole.Textbox, new() { Name = "Message" }), "Uploads are not possible meanwhile.");
        await hand.PressAsync(Box(page, "Uploads"));
        var start = DateTime.UtcNow.Date.AddDays(2).AddHours(4);
        await hand.EnterTimeAsync(page.GetByLabel("Starts", new() { Exact = true }), start);
        var duration = page.GetByLabel("Duration", new() { Exact = true });
        if (await duration.CountAsync() > 0)
            await hand.TypeAsync(duration, "2 h");
        else
            await hand.EnterTimeAsync(page.GetByLabel("Ends", new() { Exact = true }), start.AddHours(2));
        await hand.SaveAsync(Submit(page, "Save"));
        await hand.WaitAsync(page.WaitForURLAsync(Address("maintenance(/[0-9]+)?$")));
    }

    private static async Task ExtendAsync(Operator hand, TourConsole console)
    {
        await hand.PressAsync(Link(hand.Page, console.Name));
        var ends = hand.Page.GetByLabel("Ends", new() { Exact = true });
        await hand.WaitAsync(ends);
        var end = DateTime.Parse(await ends.InputValueAsync(), CultureInfo.InvariantCulture).AddHours(1);
        await hand.EnterHourAsync(ends, end);
        await hand.SaveAsync(Submit(hand.Page, "Change end time"));
        await hand.WaitAsync(console.Site.UntilAsync(
            $"maintenance/{console.Subject}", window => window.GetProperty("scheduledEndTime").GetDateTime() >= end.AddMinutes(-1)));
    }

    private static async Task CancelAsync(Operator hand, TourConsole console)
    {
        await hand.PressAsync(Link(hand.Page, console.Name));
        await hand.PressAsync(hand.Page.GetByRole(AriaRole.Button, new() { Name = "Cancel", Exact = true }));
        var dialog = hand.Page.GetByRole(AriaRole.Dialog);
        await hand.TypeAsync(dialog.GetByRole(AriaRole.Textbox, new() { Name = "Message" }), "The upgrade is not needed any more.");
        await hand.SaveAsync(Submit(dialog, "Cancel and notify"));
        await hand.WaitAsync(console.Site.UntilAsync(
            $"maintenance/{console.Subject}", window => window.GetProperty("status").GetString() == "cancelled"));
    }

    private static async Task ChangeStatusAsync(Operator hand, TourConsole console)
    {
        await hand.PressAsync(Link(hand.Page, "Components"));
        var row = Row(hand.Page, console.Name);
        await hand.ChooseAsync(row.GetByLabel("Status", new() { Exact = true }), "Partial outage");
        await hand.PressAsync(row.GetByRole(AriaRole.Button, new() { Name = "Publish", Exact = true }));
        await hand.WaitAsync(console.Site.UntilAsync(
            $"components/{console.Subject}", component => component.GetProperty("status").GetString() == "partial_outage"));
    }

    private static async Task RegroupAsync(Operator hand, TourConsole console)
    {
        await hand.PressAsync(Link(hand.Page, "Components"));
        await hand.ChooseAsync(Row(hand.Page, console.Name).GetByLabel("Group", new() { Exact = true }), "Europe");
        await hand.WaitAsync(console.Site.UntilAsync(
            $"components/{console.Subject}", component => component.GetProperty("groupId").ValueKind != JsonValueKind.Null));
    }

    private static ILocator Link(IPage page, string name) => page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).First;

    /// <summary>A button or a link: which of them leads on is the console's affair.</summary>
    private static ILocator Either(IPage page, string names)
    {
        var regex = new Regex($"^({names})$");
        return page.GetByRole(AriaRole.Button, new() { NameRegex = regex }).Or(page.GetByRole(AriaRole.Link, new() { NameRegex = regex })).First;
    }

    private static ILocator Box(IPage page, string name) => page.GetByRole(AriaRole.Checkbox, new() { Name = name, Exact = true });

    private static ILocator Submit(IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    private static ILocator Submit(ILocator region, string name) => region.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>The line of a list that has a link of this name.</summary>
    private static ILocator Row(IPage page, string name) => page.GetByRole(AriaRole.Main).Locator("tr, li, [role=row], [role=listitem]")
        .Filter(new() { Has = page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }) }).Last;

    private static Regex Address(string end) => new($"/admin/{end}");
}
