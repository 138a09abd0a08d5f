using System.Text.Json;
using ATStatus.Core.Events;
using ATStatus.Core.Maintenance;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>Updates on maintenance and its cancellation, in the browser, to a receiver that has chosen them in the form.</summary>
public sealed class MaintenanceUpdateBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    [Fact]
    public async Task Post_update_and_cancel_and_notify_reach_who_has_ticked_the_additional_event()
    {
        await using var receiver = LoopbackReceiver.Start();
        await StartSignedInAsync();
        await Get<StatusPageService>().CreateAsync(new StatusPageInput("Main Status", "main"), Stop);
        await Page.GotoAsync("admin/notifications/new");
        await Page.Field("Name").FillAsync("Planner");
        await Page.Field("URL").FillAsync(receiver.Url.AbsoluteUri);
        await Page.Checkbox("All events").CheckAsync();
        var additional = Page.GetByRole(AriaRole.Group, new() { Name = "Additional events" });
        await Expect(additional.GetByRole(AriaRole.Checkbox, new() { Name = "maintenance.updated" })).Not.ToBeCheckedAsync();
        await Page.Checkbox("All events").UncheckAsync();
        await additional.GetByRole(AriaRole.Checkbox, new() { Name = "maintenance.updated" }).CheckAsync();
        await Page.Button("Save").ClickAsync();
        await Expect(Page).ToHaveURLAsync(new Uri(WindowAddress, "admin/notifications").AbsoluteUri);

        await Page.GotoAsync("admin/maintenance/new");
        await Page.Field("Title").FillAsync("Database upgrade");
        await Page.Field("Message").FillAsync("Short stops.");
        await Page.Field("Starts").FillAsync("2032-01-31T02:00");
        await Page.Field("Ends").FillAsync("2032-01-31T04:00");
        await Page.Field("Remind before").SelectOptionAsync("1 day");
        await Page.GetByRole(AriaRole.Switch, new() { Name = "Start automatically" }).UncheckAsync();
        await Page.Button("Save").ClickAsync();

        var update = Page.Region("New update");
        await update.GetByLabel("Message").FillAsync("We start with the replicas.");
        await update.Button("Post update").ClickAsync();
        var timeline = Page.GetByRole(AriaRole.List, new() { Name = "Updates" });
        await Expect(timeline.GetByRole(AriaRole.Listitem)).ToContainTextAsync("We start with the replicas.");
        await Expect(update.GetByLabel("Message")).ToHaveValueAsync("");
        await receiver.WaitForAsync(1);

        await Page.Button("Cancel").ClickAsync();
        var dialog = Page.GetByRole(AriaRole.Dialog);
        await dialog.Button("Keep it").ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        await Page.Button("Cancel").ClickAsync();
        await dialog.GetByLabel("Message").FillAsync("Not this month.");
        await dialog.Button("Cancel and notify").ClickAsync();
        await Expect(Page.GetByText("This maintenance is cancelled.")).ToBeVisibleAsync();
        await Expect(timeline.GetByRole(AriaRole.Listitem).First).ToContainTextAsync("Not this month.");

        var received = await receiver.WaitForAsync(2);
        Assert.Equal(["maintenance.updated", "maintenance.updated"], received.Select(r => r.Header("X-Webhook-Event")));
        Assert.Equal(
            [("scheduled", "We start with the replicas."), ("cancelled", "Not this month.")],
            received.Select(r => JsonDocument.Parse(r.Body).RootElement.GetProperty("data"))
                .Select(data => (data.GetProperty("status").GetString(), data.GetProperty("message").GetString())));
        var window = Assert.Single(await Get<MaintenanceQueries>().ListAsync(MaintenanceSpan.Past, cancellationToken: Stop));
        Assert.Equal((MaintenanceStatus.Cancelled, TimeSpan.FromDays(1), false), (window.Status, window.RemindBefore, window.StartsAutomatically));
    }
}
