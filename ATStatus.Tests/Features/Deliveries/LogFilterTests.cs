using ATStatus.Admin.Features.Deliveries;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using ATStatus.Core.TestReceiver;
using ATStatus.Tests.Support;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Features.Deliveries;

/// <summary>The log's filters: each is a field, stands in the address, is told once more as what can be taken away, and counts.</summary>
public sealed class LogFilterTests : NotificationPagesFixture
{
    static LogFilterTests() => DefaultWaitTimeout = TimeSpan.FromSeconds(20);

    private string Address => Get<NavigationManager>().Uri;

    [Fact]
    public async Task Each_field_filters_and_stands_in_the_address()
    {
        var (delivered, failed, refused) = await FillAsync();
        var log = Open();
        Assert.Equal([refused, failed, delivered], Keys(log));

        Choose("State", "delivered", "state=delivered", "Delivered", delivered);
        Choose("Failure", "http_status", "failure=http_status", "HTTP status", failed);
        Choose("HTTP status", "2xx", "status=2xx", "Status 2xx", delivered);
        Choose("HTTP status", "503", "status=503", "Status 503", failed);
        Choose("Search", "two", "q=two", "“two”", failed);
        Choose("Search", $"#{refused}", $"q=%23{refused}", $"“#{refused}”", refused);
        Choose("Tests", "none", "test=none", "Live only", refused, failed, delivered);
        Choose("Tests", "only", "test=only", "Tests only");
        Choose("Event", "component.created", "event=component.created", "component.created", refused, failed, delivered);
        Choose("Event", "incident.created", "event=incident.created", "incident.created");
        Choose("Time", "1h", "since=1h", "Last hour", refused, failed, delivered);

        void Choose(string field, string value, string query, string words, params long[] expected)
        {
            Type(log, field, value);
            log.WaitForAssertion(() => Assert.EndsWith($"/admin/deliveries?{query}", Address, StringComparison.Ordinal));
            log.WaitForAssertion(() => Assert.Equal(expected, Keys(log)));
            log.Button($"{words}: remove this filter").Click();
            log.WaitForAssertion(() => Assert.EndsWith("/admin/deliveries", Address, StringComparison.Ordinal));
            log.WaitForAssertion(() => Assert.Equal([refused, failed, delivered], Keys(log)));
        }
    }

    [Fact]
    public async Task What_is_typed_is_searched_for_without_Enter_and_what_is_typed_on_is_not_taken_back()
    {
        var (_, failed, _) = await FillAsync();
        var log = Open();
        log.Field("Search").Input("t");
        log.Field("Search").Input("two");
        log.WaitForAssertion(() => Assert.EndsWith("/admin/deliveries?q=two", Address, StringComparison.Ordinal));
        log.WaitForAssertion(() => Assert.Equal([failed], Keys(log)));
        // Another filter meanwhile, and what is in the field stays.
        log.Field("Search").Input("two ");
        log.Field("State").Change("failed");
        log.WaitForAssertion(() => Assert.Contains("state=failed", Address, StringComparison.Ordinal));
        Assert.Equal("two ", log.Field("Search").GetAttribute("value"));
        // The field's own cross.
        log.Field("Search").Input("");
        log.WaitForAssertion(() => Assert.EndsWith("/admin/deliveries?state=failed", Address, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Filters_add_up_and_are_cleared_at_once()
    {
        var (_, failed, _) = await FillAsync();
        var log = Open("?state=failed&failure=http_status&status=5xx&test=none&event=component.created&q=two&since=24h");

        Assert.Equal([failed], Keys(log));
        Assert.Equal("failed", log.Field("State").GetAttribute("value"));
        Assert.Equal("http_status", log.Field("Failure").GetAttribute("value"));
        Assert.Equal("5xx", log.Field("HTTP status").GetAttribute("value"));
        Assert.Equal("none", log.Field("Tests").GetAttribute("value"));
        Assert.Equal("component.created", log.Field("Event").GetAttribute("value"));
        Assert.Equal("two", log.Field("Search").GetAttribute("value"));
        Assert.Equal("24h", log.Field("Time").GetAttribute("value"));
        log.Button("Clear filters").Click();
        log.WaitForAssertion(() => Assert.Equal(3, Keys(log).Count));
        Assert.EndsWith("/admin/deliveries", Address, StringComparison.Ordinal);
        Assert.Null(log.Field("Search").GetAttribute("value") is { Length: > 0 } left ? left : null);
    }

    [Fact]
    public async Task From_and_until_are_instants_of_the_viewer_s_clock()
    {
        var (delivered, _, _) = await FillAsync();
        await MoveAsync(delivered, new DateTime(2026, 1, 14, 12, 30, 0, DateTimeKind.Utc));
        var log = Open();

        log.Field("Time").Change("custom");
        log.Field("From").Input("2026-01-14T12:00");
        log.WaitForAssertion(() => Assert.Contains("since=2026-01-14T12:00Z", Uri.UnescapeDataString(Address), StringComparison.Ordinal));
        log.Field("Until").Input("2026-01-14T13:00");
        log.WaitForAssertion(() => Assert.Equal([delivered], Keys(log)));
        Assert.Contains("until=2026-01-14T13:00Z", Uri.UnescapeDataString(Address), StringComparison.Ordinal);

        log.Field("From").Input("2026-01-14T12:31");
        log.WaitForAssertion(() => Assert.Empty(Keys(log)));
        log.Field("Time").Change("");
        log.WaitForAssertion(() => Assert.EndsWith("/admin/deliveries", Address, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_status_that_is_none_is_told_beside_the_field_and_changes_nothing()
    {
        await FillAsync();
        var log = Open();

        Type(log, "HTTP status", "9xx");

        Assert.Equal("5xx or 404, for example", log.ErrorOf(log.Field("HTTP status").Id!));
        Assert.EndsWith("/admin/deliveries", Address, StringComparison.Ordinal);
        Assert.Equal(3, Keys(log).Count);
    }

    [Fact]
    public async Task States_are_counted_for_the_other_filters_and_choose_a_state()
    {
        var (_, failed, refused) = await FillAsync();
        var log = Open();
        log.WaitForAssertion(() => Assert.Equal("1", Count(log, "Delivered")));
        Assert.Equal(("2", "0", "0"), (Count(log, "Failed"), Count(log, "Skipped"), Count(log, "Pending")));

        Type(log, "HTTP status", "503");
        log.WaitForAssertion(() => Assert.Equal(("0", "1"), (Count(log, "Delivered"), Count(log, "Failed"))));
        log.Button("Clear filters").Click();

        State(log, "Failed").Click();
        log.WaitForAssertion(() => Assert.Equal([refused, failed], Keys(log)));
        Assert.EndsWith("?state=failed", Address, StringComparison.Ordinal);
        // The counts are of any state still.
        log.WaitForAssertion(() => Assert.Equal(("1", "2"), (Count(log, "Delivered"), Count(log, "Failed"))));
        Assert.Equal("true", State(log, "Failed").GetAttribute("aria-pressed"));
        State(log, "Failed").Click();
        log.WaitForAssertion(() => Assert.Equal(3, Keys(log).Count));
    }

    [Fact]
    public async Task The_exports_take_the_filters_along()
    {
        var (_, _, refused) = await FillAsync();
        var log = Open($"?state=failed&q=a%26b&before={refused}");

        Assert.Equal("admin/deliveries/export/csv?state=failed&q=a%26b", log.Button("Export CSV").GetAttribute("href"));
        Assert.Equal("admin/deliveries/export/jsonl?state=failed&q=a%26b", log.Button("Export JSON Lines").GetAttribute("href"));
        Assert.True(log.Button("Export CSV").HasAttribute("download"));
    }

    [Fact]
    public async Task What_one_notification_missed_leads_to_delivering_it_afterwards()
    {
        await FillAsync();
        var id = (await Get<NotificationQueries>().ListAsync(cancellationToken: Stop)).Single(n => n.Name == "Down").Id;
        Assert.DoesNotContain("Resend missed events", Open().Markup, StringComparison.Ordinal);

        var log = Open($"?notification={id}&state=failed&since=2026-01-14");

        log.WaitForAssertion(() => Assert.Equal(
            $"admin/notifications/{id}/recover?since=2026-01-14T00%3A00%3A00Z&only=failed", log.Button("Resend missed events").GetAttribute("href")));
    }

    /// <summary>One that arrived, one answered with 503, and one that was refused by name; oldest first.</summary>
    private async Task<(long Delivered, long Failed, long Refused)> FillAsync()
    {
        var page = await AddPageAsync();
        var fine = await AddNotificationAsync("Fine");
        var delivered = await RaiseAsync(page, "One");
        await RunAsync(delivered);
        await Get<NotificationService>().DeleteAsync(fine, Stop);
        var down = await AddNotificationAsync("Down", TestReceiverEndpoint.Url + "status/503");
        var failed = await RaiseAsync(page, "Two");
        await RunAsync(failed);
        await Get<NotificationService>().SetEnabledAsync(down, true, Stop);
        var refused = await RaiseAsync(page, "Three");
        await using var db = await Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);
        var row = await db.Deliveries.SingleAsync(d => d.Id == refused, Stop);
        var now = DateTime.UtcNow;
        row.Claim(Guid.NewGuid(), now, TimeSpan.FromMinutes(1), null);
        row.Record(new SendResult { StartedAt = now, Duration = TimeSpan.Zero, Failure = FailureKind.Timeout, Error = "Nothing." }, now, 1, _ => TimeSpan.Zero);
        await db.SaveChangesAsync(Stop);
        return (delivered, failed, refused);
    }

    private async Task MoveAsync(long id, DateTime to)
    {
        await using var db = await Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);
        await db.Deliveries.Where(d => d.Id <= id).ExecuteUpdateAsync(row => row.SetProperty(d => d.CreatedAt, to), Stop);
    }

    private IRenderedComponent<DeliveryLogPage> Open(string query = "")
    {
        Get<NavigationManager>().NavigateTo("admin/deliveries" + query);
        return Render<DeliveryLogPage>();
    }

    /// <summary>Chooses, or types and leaves the field.</summary>
    private static void Type(IRenderedComponent<DeliveryLogPage> log, string field, string value)
    {
        if (log.Field(field).TagName == "INPUT")
            log.Field(field).Input(value);
        log.Field(field).Change(value);
    }

    private static AngleSharp.Dom.IElement State(IRenderedComponent<DeliveryLogPage> log, string name) =>
        log.FindAll(".states button").Single(button => button.TextContent.Contains(name, StringComparison.Ordinal));

    private static string Count(IRenderedComponent<DeliveryLogPage> log, string name) => State(log, name).QuerySelector(".state-count")!.TextContent;

    private static List<long> Keys(IRenderedComponent<DeliveryLogPage> log) =>
        [.. log.FindAll("a.log-link").Select(a => long.Parse(a.GetAttribute("href")!.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture))];
}
