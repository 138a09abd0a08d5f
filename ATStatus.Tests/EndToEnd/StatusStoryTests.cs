using System.Globalization;
using ATStatus.Core.Events;
using ATStatus.Core.Persistence;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>
/// The whole story in the browser, from a page to the deletion of its component: all nine events at a receiver, verified with the
/// document's function, complete, and in order by their number (sends run side by side).
/// </summary>
public sealed class StatusStoryTests(TestBrowser browser) : BrowserTest(browser)
{
    private static readonly string[] Story =
    [
        "component.created", "incident.created", "component.status_changed", "incident.updated", "incident.resolved", "component.status_changed",
        "maintenance.scheduled", "maintenance.started", "component.status_changed", "maintenance.completed", "component.status_changed",
        "component.deleted",
    ];

    [Fact]
    public async Task All_nine_events_come_from_what_an_operator_does()
    {
        await using var receiver = LoopbackReceiver.Start();
        await StartSignedInAsync();
        await SubscribeAsync(receiver.Url.AbsoluteUri);

        await GoToAsync("Status pages");
        await Page.Button("Add Status Page").ClickAsync();
        await Page.Field("Name").FillAsync("Shop");
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Link("Shop").First).ToBeVisibleAsync();

        await GoToAsync("Components");
        await Page.Button("Add Component").ClickAsync();
        await Page.Field("Name").FillAsync("Checkout");
        await Page.Button("Save").ClickAsync();
        await receiver.WaitForAsync(1);

        await GoToAsync("Incidents");
        await Page.Button("Create Incident").ClickAsync();
        await Page.Field("Title").FillAsync("Checkout fails 🚨");
        await Page.Field("Severity").SelectOptionAsync("Critical");
        await Page.Field("Message").FillAsync("Payments are refused.");
        await Page.GetByRole(AriaRole.Checkbox, new() { Name = "Checkout", Exact = true }).CheckAsync();
        await Page.Button("Save").ClickAsync();
        await receiver.WaitForAsync(3);
        await ShownAsync("Checkout fails 🚨");
        await Page.Field("Message").FillAsync("The payment provider is down.");
        await Page.Field("Status").SelectOptionAsync("Identified");
        await Page.Button("Post update").ClickAsync();
        await receiver.WaitForAsync(4);
        await Expect(Page.Field("Message")).ToHaveValueAsync("");
        await Page.Field("Message").FillAsync("Payments work again.");
        await Page.Button("Resolve").ClickAsync();
        await receiver.WaitForAsync(6);

        await GoToAsync("Maintenance");
        await Page.Button("Schedule Maintenance").ClickAsync();
        await Page.Field("Title").FillAsync("New checkout");
        await Page.Field("Message").FillAsync("We switch to the new checkout.");
        await Page.GetByRole(AriaRole.Checkbox, new() { Name = "Checkout", Exact = true }).CheckAsync();
        var start = DateTime.UtcNow.Date.AddDays(2);
        await Page.Field("Starts").FillAsync(Local(start.AddHours(2)));
        await Page.Field("Ends").FillAsync(Local(start.AddHours(4)));
        await Page.Button("Save").ClickAsync();
        await receiver.WaitForAsync(7);
        await ShownAsync("New checkout");
        await ConfirmedAsync("Start now");
        await receiver.WaitForAsync(9);
        await Expect(Page.GetByText("In progress", new() { Exact = true }).First).ToBeVisibleAsync();
        await ConfirmedAsync("Complete");
        await receiver.WaitForAsync(11);

        await GoToAsync("Components");
        await Page.Button("Delete Checkout").ClickAsync();
        await Page.GetByRole(AriaRole.Dialog).Button("Delete").ClickAsync();
        var requests = await receiver.WaitForAsync(Story.Length);

        Assert.All(requests, r => Assert.True(DocumentVerifier.Verify(r.Body, r.Header("X-Webhook-Signature")!, "s3cret")));
        await using var db = await Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);
        var deliveries = await db.Deliveries.AsNoTracking().Include(d => d.Event).OrderBy(d => d.EventId).ToListAsync(Stop);
        Assert.Equal(Story, deliveries.Select(d => d.Event!.Type.WireName()));
        Assert.Equal(9, Story.Distinct().Count());
        var came = requests.ToDictionary(r => r.Header("X-Request-ID")!);
        Assert.Equal(Story.Length, came.Count);
        Assert.All(deliveries, d => Assert.Equal(d.Event!.Payload, came[d.RequestId.ToString()].Body));
        Assert.All(deliveries, d => Assert.Equal(d.Event!.Type.WireName(), came[d.RequestId.ToString()].Header("X-Webhook-Event")));
    }

    private Task ShownAsync(string title) =>
        Expect(Page.GetByRole(AriaRole.Heading, new() { Name = title, Exact = true, Level = 1 })).ToBeVisibleAsync();

    private async Task ConfirmedAsync(string action)
    {
        await Page.Button(action).ClickAsync();
        await Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button).Last.ClickAsync();
    }

    private static string Local(DateTime at) => at.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
}
