using ATStatus.Admin.Features.Deliveries;
using ATStatus.Admin.Features.Lists;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Recovery;
using ATStatus.Tests.Support;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace ATStatus.Tests.Features.Deliveries;

/// <summary>Many deliveries chosen in the log, and the log standing still meanwhile or paused.</summary>
public sealed class LogSelectionTests : NotificationPagesFixture
{
    static LogSelectionTests() => DefaultWaitTimeout = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Chosen_ones_are_asked_about_and_redelivered()
    {
        var ids = await DeliverAsync(3);
        var log = Open();

        Choose(log, ids[0]);
        Choose(log, ids[2]);
        Assert.Contains("2 selected", Bar(log), StringComparison.Ordinal);
        await log.Button("Redeliver").ClickAsync();

        Assert.Equal("Redeliver 2 deliveries? Each begins a new round of attempts, with the same X-Request-ID and the same bytes.", Asked);
        log.WaitForAssertion(() => Assert.Contains("2 deliveries redelivered.", Bar(log), StringComparison.Ordinal));
        Assert.Equal([DeliveryState.Pending, DeliveryState.Delivered, DeliveryState.Pending], await StatesAsync(ids));
        log.Button("Close").Click();
        log.WaitForAssertion(() => Assert.Empty(log.FindAll("section.selection")));
    }

    [Fact]
    public async Task A_tick_that_is_sent_again_has_no_click_and_no_shift_of_an_earlier_one()
    {
        var ids = await DeliverAsync(4);
        var log = Open();

        Choose(log, ids[0]);
        Choose(log, ids[1], shift: true);
        Check(log, ids[3]).Change(true);

        Assert.Contains("3 selected", Bar(log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chosen_ones_that_were_missed_are_delivered_afterwards_and_what_arrived_is_left_out()
    {
        var ids = await DeliverAsync(2);
        var skipped = await SkipAsync();
        var log = Open();

        log.Field("Select all on this page").Change(true);
        Assert.Contains("3 selected", Bar(log), StringComparison.Ordinal);
        await log.Button("Resend missed events").ClickAsync();

        Assert.StartsWith("Resend 1 delivery?", Asked, StringComparison.Ordinal);
        Assert.EndsWith("Left out: 2 arrived.", Asked, StringComparison.Ordinal);
        log.WaitForAssertion(() => Assert.Contains("1 delivery on its way.", Bar(log), StringComparison.Ordinal));
        Assert.Equal(DeliveryState.Pending, (await Get<DeliveryQueries>().FindAsync(skipped, Stop))!.Row.State);
        Assert.Equal([DeliveryState.Delivered, DeliveryState.Delivered], await StatesAsync(ids));
    }

    [Fact]
    public async Task Chosen_ones_that_wait_are_cancelled_and_what_has_ended_is_left_out()
    {
        var ids = await DeliverAsync(1);
        var waiting = await RaiseAsync((await Get<Core.StatusPages.StatusPageQueries>().PagesAsync(cancellationToken: Stop))[0].Id, "Waits");
        var log = Open();
        log.Field("Select all on this page").Change(true);

        await log.Button("Cancel deliveries").ClickAsync();

        Assert.StartsWith("Cancel 1 delivery? They are skipped", Asked, StringComparison.Ordinal);
        Assert.EndsWith("Left out: 1 has ended or been cancelled already.", Asked, StringComparison.Ordinal);
        log.WaitForAssertion(() => Assert.Contains("1 delivery cancelled.", Bar(log), StringComparison.Ordinal));
        var row = (await Get<DeliveryQueries>().FindAsync(waiting, Stop))!.Row;
        Assert.Equal(DeliveryState.Skipped, row.State);
        Assert.StartsWith("Cancelled by ", row.Reason, StringComparison.Ordinal);
        Assert.Equal([DeliveryState.Delivered], await StatesAsync(ids));
        log.Button("Close").Click();

        // The list may be read anew at this moment: the choice counts once the bar shows it.
        log.WaitForAssertion(() =>
        {
            log.Field("Select all on this page").Change(true);
            Assert.NotNull(log.Button("Cancel deliveries"));
        });
        await log.Button("Cancel deliveries").ClickAsync();
        Assert.Contains("None of them can be cancelled: 2 have ended or been cancelled already.", Messages(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_sent_when_the_answer_is_no_or_none_can_be()
    {
        var ids = await DeliverAsync(1);
        var log = Open();
        Choose(log, ids[0]);
        Answer = false;
        await log.Button("Redeliver").ClickAsync();
        Assert.NotNull(Asked);
        Assert.Contains("1 selected", Bar(log), StringComparison.Ordinal);

        await Get<NotificationService>().SetEnabledAsync((await Get<NotificationQueries>().ListAsync(cancellationToken: Stop))[0].Id, false, Stop);
        await log.Button("Redeliver").ClickAsync();
        Assert.Contains("None of them can be redelivered: 1 to a notification that is switched off.", Messages(), StringComparison.Ordinal);
        Assert.Equal([DeliveryState.Delivered], await StatesAsync(ids));
    }

    [Fact]
    public async Task Shift_chooses_all_in_between_and_the_choice_stays_on_other_pages()
    {
        var ids = await DeliverAsync(5, run: false);
        var log = Open();
        Choose(log, ids[1]);
        Choose(log, ids[3], shift: true);
        Assert.Contains("3 selected", Bar(log), StringComparison.Ordinal);
        Assert.Equal(["false", "true", "true", "true", "false"], log.FindAll("tr.log-row").Select(row => row.GetAttribute("aria-selected")));

        log.Field("State").Change("failed");
        log.WaitForAssertion(() => Assert.Contains("No delivery matches", log.Markup, StringComparison.Ordinal));
        Assert.Contains("3 selected", Bar(log), StringComparison.Ordinal);
        log.Button("Clear selection").Click();
        log.WaitForAssertion(() => Assert.Empty(log.FindAll("section.selection")));
    }

    [Fact]
    public async Task While_paused_nothing_comes_but_is_counted_and_states_still_change()
    {
        var page = await AddPageAsync();
        await AddNotificationAsync();
        var first = await RaiseAsync(page, "First");
        var log = Open();
        log.Field("Pause live updates").Change(true);
        Assert.Contains("Paused", log.Find("div.title").TextContent, StringComparison.Ordinal);

        var second = await RaiseAsync(page, "Second");
        await RunAsync(first);
        log.WaitForAssertion(() => Assert.Contains("Delivered", log.Row("First").TextContent, StringComparison.Ordinal));
        log.WaitForAssertion(() => log.Button("1 new"));
        Assert.Equal([first], Keys(log));

        log.Field("Pause live updates").Change(false);
        log.WaitForAssertion(() => Assert.Equal([second, first], Keys(log)));
        Assert.DoesNotContain(log.FindAll("button"), b => b.TextContent.Contains(" new", StringComparison.Ordinal));
    }

    [Fact]
    public async Task With_something_chosen_the_list_stands_still()
    {
        var page = await AddPageAsync();
        await AddNotificationAsync();
        var first = await RaiseAsync(page, "First");
        var log = Open();
        Choose(log, first);

        var second = await RaiseAsync(page, "Second");
        log.WaitForAssertion(() => log.Button("1 new"));
        Assert.Equal([first], Keys(log));
        await log.Button("1 new").ClickAsync();
        log.WaitForAssertion(() => Assert.Equal([second, first], Keys(log)));
        Assert.Contains("1 selected", Bar(log), StringComparison.Ordinal);
    }

    [Fact]
    public void A_selection_takes_no_more_than_can_be_sent_at_once()
    {
        var selection = new Selection<long>(BulkRedelivery.Limit);
        selection.Set(Enumerable.Range(1, BulkRedelivery.Limit + 50).Select(i => (long)i), true);
        Assert.Equal(BulkRedelivery.Limit, selection.Count);
        Assert.True(selection.IsFull);
        selection.Toggle(1, [3, 2, 1], upToLast: false);
        Assert.False(selection.IsFull);
        Assert.False(selection.Contains(1));
    }

    private IRenderedComponent<DeliveryLogPage> Open()
    {
        Get<NavigationManager>().NavigateTo("admin/deliveries");
        return Render<DeliveryLogPage>();
    }

    private async Task<List<long>> DeliverAsync(int count, bool run = true)
    {
        var page = await AddPageAsync();
        await AddNotificationAsync();
        var ids = new List<long>();
        for (var i = 0; i < count; i++)
        {
            ids.Insert(0, await RaiseAsync(page, $"Component {i}"));
            if (run)
                await RunAsync(ids[0]);
        }
        return ids;
    }

    /// <summary>One more, while the notification is off.</summary>
    private async Task<long> SkipAsync()
    {
        var id = (await Get<NotificationQueries>().ListAsync(cancellationToken: Stop))[0].Id;
        await Get<NotificationService>().SetEnabledAsync(id, false, Stop);
        var skipped = await RaiseAsync(1, "Missed");
        await Get<NotificationService>().SetEnabledAsync(id, true, Stop);
        return skipped;
    }

    private async Task<List<DeliveryState>> StatesAsync(IReadOnlyCollection<long> ids) =>
        [.. (await Get<DeliveryQueries>().RowsAsync(ids, Stop)).Select(row => row.State)];

    private string Messages() => string.Join('\n', Get<MudBlazor.ISnackbar>().ShownSnackbars.Select(bar => bar.Message?.ToString()));

    private static string Bar(IRenderedComponent<DeliveryLogPage> log) => log.Find("section.selection").TextContent;

    // As a browser does: the click first, then what it changed.
    private static void Choose(IRenderedComponent<DeliveryLogPage> log, long id, bool shift = false)
    {
        var on = !Check(log, id).HasAttribute("checked");
        Check(log, id).Click(new MouseEventArgs { ShiftKey = shift });
        Check(log, id).Change(on);
    }

    private static AngleSharp.Dom.IElement Check(IRenderedComponent<DeliveryLogPage> log, long id) => log.Find($"input[aria-label='Select delivery {id}']");

    private static List<long> Keys(IRenderedComponent<DeliveryLogPage> log) =>
        [.. log.FindAll("a.log-link").Select(a => long.Parse(a.GetAttribute("href")!.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture))];
}
