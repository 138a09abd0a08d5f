using ATStatus.Admin.Features.Notifications;
using ATStatus.Admin.Features.Notifications.Recoveries;
using ATStatus.Admin.Features.Overview;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Recovery;
using ATStatus.Core.TestReceiver;
using ATStatus.Tests.Support;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Tests.Features.Notifications;

public sealed class RecoverPageTests : NotificationPagesFixture
{
    static RecoverPageTests() => DefaultWaitTimeout = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Counts_asks_delivers_and_keeps_it_in_the_history()
    {
        var id = await MissAsync(3);
        var page = Open(id);
        page.Button("Since it was switched off").Click();
        await page.Button("Find missed deliveries").ClickAsync();

        page.WaitForAssertion(() => Assert.StartsWith("3 deliveries (3 skipped), oldest", Counted(page), StringComparison.Ordinal));
        Assert.Contains("since=", Address, StringComparison.Ordinal);
        await page.Button("Resend missed events").ClickAsync();
        Assert.StartsWith("Resend 3 deliveries? They go to Main channel", Asked, StringComparison.Ordinal);
        page.WaitForAssertion(() => Assert.Equal(("3", "0"), Progress(page)));

        await Get<RecoveryRunner>().StepAsync(Stop);
        page.WaitForAssertion(() => Assert.Equal(("3", "3"), Progress(page)));
        await Get<RecoveryRunner>().StepAsync(Stop);
        page.WaitForAssertion(() => Assert.Contains("Complete", page.Row("operator@example.com").TextContent, StringComparison.Ordinal));
        Assert.Contains("3 of 3", page.Row("operator@example.com").TextContent, StringComparison.Ordinal);
        Assert.Contains("Failed and skipped since", page.Row("operator@example.com").TextContent, StringComparison.Ordinal);
        Assert.All((await Get<DeliveryQueries>().PageAsync(new DeliveryFilter(id), null, null, 10, Stop)).Rows, row => Assert.Equal(DeliveryState.Pending, row.State));
    }

    [Fact]
    public async Task The_address_says_what_is_counted()
    {
        var id = await MissAsync(2);
        var failed = await Fail(id);
        Get<NavigationManager>().NavigateTo($"admin/notifications/{id}/recover?since=24h");
        Assert.StartsWith("3 deliveries (2 skipped, 1 failed)", Counted(Open(id)), StringComparison.Ordinal);

        Get<NavigationManager>().NavigateTo($"admin/notifications/{id}/recover?since=2026-01-14T12:00:00Z&only=failed");
        var page = Open(id);
        Assert.StartsWith("1 delivery (1 failed)", Counted(page), StringComparison.Ordinal);
        Assert.Equal("2026-01-14T12:00", page.Field("Since").GetAttribute("value"));
        await page.Button("Resend missed events").ClickAsync();
        await Get<RecoveryRunner>().StepAsync(Stop);
        Assert.Equal(DeliveryState.Pending, (await Get<DeliveryQueries>().FindAsync(failed, Stop))!.Row.State);
        Assert.Equal(2, (await Get<DeliveryQueries>().PageAsync(new DeliveryFilter(id, DeliveryState.Skipped), null, null, 10, Stop)).Rows.Count);
    }

    [Fact]
    public async Task While_it_is_off_it_can_be_counted_but_not_delivered()
    {
        var id = await MissAsync(2, switchOn: false);
        var page = Open(id);
        Assert.Contains("By hand. You can find missed deliveries now", page.Markup, StringComparison.Ordinal);
        await page.Button("Find missed deliveries").ClickAsync();
        page.WaitForAssertion(() => Assert.True(page.Button("Resend missed events").HasAttribute("disabled")));

        await page.Button("Switch on").ClickAsync();
        page.WaitForAssertion(() => Assert.False(page.Button("Resend missed events").HasAttribute("disabled")));
        Assert.True((await Get<NotificationQueries>().FindAsync(id, Stop))!.Enabled);
    }

    [Fact]
    public async Task It_can_be_stopped_and_what_ended_it_is_told()
    {
        var id = await MissAsync(2);
        Get<NavigationManager>().NavigateTo($"admin/notifications/{id}/recover?since=1h");
        var page = Open(id);
        await page.Button("Resend missed events").ClickAsync();
        // On the renderer's own thread: nothing is rendered between finding the button and pressing it.
        await page.InvokeAsync(() => page.Button("Stop").ClickAsync());
        page.WaitForAssertion(() => Assert.Contains("Stopped", page.Row("0 of 2").TextContent, StringComparison.Ordinal));

        await page.Button("Find missed deliveries").ClickAsync();
        page.WaitForAssertion(() => Assert.StartsWith("2 deliveries", Counted(page), StringComparison.Ordinal));
        await page.Button("Resend missed events").ClickAsync();
        await Get<NotificationService>().SetEnabledAsync(id, false, Stop);
        await Get<RecoveryRunner>().StepAsync(Stop);
        page.WaitForAssertion(() => Assert.Contains("Ended: switched off", page.Row("0 of 2").TextContent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Saying_no_begins_nothing()
    {
        var id = await MissAsync(1);
        Get<NavigationManager>().NavigateTo($"admin/notifications/{id}/recover?since=1h");
        var page = Open(id);
        Answer = false;
        await page.Button("Resend missed events").ClickAsync();
        Assert.StartsWith("Resend 1 delivery? It goes to", Asked, StringComparison.Ordinal);
        Assert.Empty((await Get<RecoveryQueries>().FindAsync(id, Stop))!.Recoveries);
    }

    [Fact]
    public async Task What_makes_no_sense_is_told_beside_its_field()
    {
        var id = await AddNotificationAsync();
        var page = Open(id);
        await page.Button("Find missed deliveries").ClickAsync();
        page.WaitForAssertion(() => Assert.Equal("Nothing failed or was skipped since then.", Counted(page)));
        page.Field("Since").Input("2199-01-01T00:00");
        page.Field("Failed").Change(false);
        page.Field("Skipped while it was off").Change(false);
        Assert.Equal("", Counted(page));
        await page.Button("Find missed deliveries").ClickAsync();
        page.WaitForAssertion(() => Assert.Equal("Choose a moment that has passed.", page.ErrorOf("Since")));
        Assert.Equal("Choose what to resend.", page.ErrorOf("Failed"));
    }

    [Fact]
    public void One_that_does_not_exist_is_told() =>
        Assert.Contains("This notification does not exist", Open(77).Markup, StringComparison.Ordinal);

    [Fact]
    public async Task The_list_offers_what_was_missed_after_switching_on_and_after_failures()
    {
        var id = await MissAsync(2, switchOn: false);
        var list = Render<NotificationListPage>();
        Assert.Equal($"admin/notifications/{id}/recover", list.Button("Resend missed events").GetAttribute("href"));
        await list.Field("On: Main channel").ChangeAsync(new() { Value = true });
        list.WaitForAssertion(() => Assert.Contains("2 deliveries were skipped while it was off.", list.Row("Main channel").TextContent, StringComparison.Ordinal));
        Assert.Equal($"admin/notifications/{id}/recover", list.Button("Resend them").GetAttribute("href"));

        await Get<RecoveryService>().BeginAsync(new RecoveryRequest(id, DateTime.UtcNow.AddHours(-1)), new Actor("op"), Stop);
        list.WaitForAssertion(() => Assert.Contains("Resending: 0 of 2.", list.Row("Main channel").TextContent, StringComparison.Ordinal));

        var failing = await AddNotificationAsync("Failing", TestReceiverEndpoint.Url + "status/500");
        await Fail(failing);
        list = Render<NotificationListPage>();
        Assert.Contains("1 delivery failed since the last success.", list.Row("Failing").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_overview_leads_there_from_what_was_switched_off_by_itself()
    {
        var page = await AddPageAsync();
        var id = await AddNotificationAsync("Gone", TestReceiverEndpoint.Url + "status/410");
        await RunAsync(await RaiseAsync(page, "API"));
        var overview = Render<OverviewPage>();
        overview.WaitForAssertion(() => Assert.NotNull(overview.Find($"a[href='admin/notifications/{id}/recover']")));
    }

    private string Address => Get<NavigationManager>().Uri;

    private IRenderedComponent<RecoverPage> Open(int id)
    {
        var page = Render<RecoverPage>(p => p.Add(x => x.Id, id));
        page.WaitForAssertion(() => Assert.Empty(page.FindAll(".loading")));
        return page;
    }

    private static string Counted(IRenderedComponent<RecoverPage> page) => page.Find("#recover-count").TextContent.Trim();

    private static (string? Max, string? Value) Progress(IRenderedComponent<RecoverPage> page) =>
        (page.Find("progress").GetAttribute("max"), page.Find("progress").GetAttribute("value"));

    /// <summary>A notification that was off while so many things happened.</summary>
    private async Task<int> MissAsync(int count, bool switchOn = true)
    {
        var page = await AddPageAsync();
        var id = await AddNotificationAsync();
        await Get<NotificationService>().SetEnabledAsync(id, false, Stop);
        for (var i = 0; i < count; i++)
            await RaiseAsync(page, $"Part {i}");
        if (switchOn)
            await Get<NotificationService>().SetEnabledAsync(id, true, Stop);
        return id;
    }

    /// <summary>A delivery that has failed, whatever its receiver would say.</summary>
    private async Task<long> Fail(int id)
    {
        await Get<NotificationService>().SetEnabledAsync(id, true, Stop);
        var saved = (await Get<NotificationQueries>().FindAsync(id, Stop))!;
        await Get<NotificationService>().UpdateAsync(
            id, saved.Version, new NotificationInput(
                "webhook", saved.Name, new(TestReceiverEndpoint.Url + "status/500"), new(saved.Subscription.Events)), Stop);
        var delivery = await RaiseAsync(await AddPageAsync($"Page {id}"), $"Part of {id}");
        foreach (var row in (await Get<DeliveryQueries>().PageAsync(new DeliveryFilter(id, DeliveryState.Pending), null, null, 10, Stop)).Rows)
            await RunAsync(delivery = row.Id);
        return delivery;
    }
}
