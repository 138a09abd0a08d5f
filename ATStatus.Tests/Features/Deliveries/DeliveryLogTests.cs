using ATStatus.Admin.Features.Deliveries;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.TestReceiver;
using ATStatus.Tests.Support;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Features.Deliveries;

public sealed class DeliveryLogTests : NotificationPagesFixture
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    protected override int MaxAttempts => 2;

    [Fact]
    public async Task An_empty_log_leads_on()
    {
        Assert.Equal("admin/notifications/new", Render<DeliveryLogPage>().Button("Add Notification").GetAttribute("href"));
        await AddNotificationAsync();
        Assert.Equal("admin/notifications", Render<DeliveryLogPage>().Button("Send a test").GetAttribute("href"));
    }

    [Fact]
    public async Task Every_state_is_told_in_words()
    {
        var page = await AddPageAsync();
        var off = await AddNotificationAsync("Off");
        await Get<NotificationService>().SetEnabledAsync(off, false, Stop);
        var skipped = await RaiseAsync(page, "One");
        await Get<NotificationService>().DeleteAsync(off, Stop);
        var ok = await AddNotificationAsync("Fine");
        var delivered = await RaiseAsync(page, "Two");
        await RunAsync(delivered);
        var pending = await RaiseAsync(page, "Three");
        await Get<NotificationService>().SetEnabledAsync(ok, false, Stop);
        await AddNotificationAsync("Down", TestReceiverEndpoint.Url + "status/503");
        await RaiseAsync(page, "Four");
        var retrying = (await Get<DeliveryQueries>().PageAsync(new DeliveryFilter(State: DeliveryState.Pending), null, null, 1, Stop)).Rows[0].Id;
        await RunAsync(retrying);

        var log = Render<DeliveryLogPage>();

        Assert.Contains("Skipped", RowOf(log, skipped), StringComparison.Ordinal);
        Assert.Contains("Delivered", RowOf(log, delivered), StringComparison.Ordinal);
        Assert.Contains("Pending", RowOf(log, pending), StringComparison.Ordinal);
        Assert.Contains("Retrying", RowOf(log, retrying), StringComparison.Ordinal);
        Assert.Contains("503", RowOf(log, retrying), StringComparison.Ordinal);
        Assert.Matches("in (5\\d|6\\d) s|in 1 min 0\\d s", RowOf(log, retrying));
        var reason = log.Find($"a[href='admin/deliveries/{skipped}']").GetAttribute("title");
        Assert.Contains("switched off", reason, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task It_pages_by_key_and_the_address_says_where()
    {
        var page = await AddPageAsync();
        await AddNotificationAsync();
        for (var i = 0; i < DeliveryLogPage.PageSize + 5; i++)
            await RaiseAsync(page, $"Component {i}");
        var log = Render<DeliveryLogPage>();
        Assert.Equal(DeliveryLogPage.PageSize, log.FindAll("tbody tr").Count);
        var newest = Keys(log);

        log.Button("Older").Click();
        log.WaitForAssertion(() => Assert.Equal(5, log.FindAll("tbody tr").Count), Soon);
        Assert.EndsWith($"?before={newest[^1]}", Get<NavigationManager>().Uri, StringComparison.Ordinal);
        Assert.True(log.Button("Older").HasAttribute("disabled"));
        Assert.Equal(newest[^1] - 1, Keys(log)[0]);

        log.Button("Newer").Click();
        log.WaitForAssertion(() => Assert.Equal(newest, Keys(log)), Soon);
        // Back at the newest end it is the page that grows, not a window after some key.
        log.WaitForAssertion(() => Assert.DoesNotContain("after=", Get<NavigationManager>().Uri, StringComparison.Ordinal), Soon);
        Assert.True(log.Button("Newest").HasAttribute("disabled"));
    }

    [Fact]
    public async Task The_filters_stand_in_the_address_and_nonsense_there_is_ignored()
    {
        var page = await AddPageAsync();
        var first = await AddNotificationAsync("First");
        await AddNotificationAsync("Second");
        await RaiseAsync(page, "API");
        Get<NavigationManager>().NavigateTo($"admin/deliveries?notification={first}&before=x&state=nonsense");
        var log = Render<DeliveryLogPage>();
        Assert.Contains("First", Assert.Single(log.FindAll("tbody tr")).TextContent, StringComparison.Ordinal);

        log.Field("State").Change("failed");

        log.WaitForAssertion(() => Assert.Contains("No delivery matches", log.Markup, StringComparison.Ordinal), Soon);
        Assert.Contains("state=failed", Get<NavigationManager>().Uri, StringComparison.Ordinal);
        Assert.Contains($"notification={first}", Get<NavigationManager>().Uri, StringComparison.Ordinal);
        log.Button("Show all deliveries").Click();
        log.WaitForAssertion(() => Assert.Equal(2, log.FindAll("tbody tr").Count), Soon);
    }

    [Fact]
    public async Task Since_is_a_filter_of_the_address_that_can_be_removed()
    {
        var page = await AddPageAsync();
        await AddNotificationAsync();
        var old = await RaiseAsync(page, "Old");
        await using (var db = await Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop))
            await db.Deliveries.ExecuteUpdateAsync(d => d.SetProperty(x => x.CreatedAt, DateTime.UtcNow.AddHours(-25)), Stop);
        var recent = await RaiseAsync(page, "Recent");
        Get<NavigationManager>().NavigateTo("admin/deliveries?state=pending&since=24h");
        var log = Render<DeliveryLogPage>();
        Assert.Equal([recent], Keys(log));
        Assert.Equal("Last 24 hours", log.Button("Last 24 hours: remove this filter").TextContent.Trim());

        log.Field("State").Change("");
        log.WaitForAssertion(() => Assert.DoesNotContain("state=", Get<NavigationManager>().Uri, StringComparison.Ordinal), Soon);
        Assert.Contains("since=24h", Get<NavigationManager>().Uri, StringComparison.Ordinal);
        log.Button("Last 24 hours: remove this filter").Click();

        log.WaitForAssertion(() => Assert.Equal([recent, old], Keys(log)), Soon);
        Assert.EndsWith("admin/deliveries", Get<NavigationManager>().Uri, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("24h", "2026-01-13T12:00:00Z", "Last 24 hours")]
    [InlineData("1d", "2026-01-13T12:00:00Z", "Last day")]
    [InlineData("90m", "2026-01-14T10:30:00Z", "Last 90 minutes")]
    [InlineData("2026-01-10T08:30:00Z", "2026-01-10T08:30:00Z", "Since 2026-01-10 08:30")]
    [InlineData("2026-01-10T08:30+02:00", "2026-01-10T06:30:00Z", "Since 2026-01-10 06:30")]
    [InlineData("2026-01-10", "2026-01-10T00:00:00Z", "Since 2026-01-10 00:00")]
    [InlineData("0h", null, null)]
    [InlineData("99999d", null, null)]
    [InlineData("-1h", null, null)]
    [InlineData("yesterday", null, null)]
    [InlineData("", null, null)]
    public void Since_is_a_while_or_an_instant(string text, string? from, string? words)
    {
        var since = DeliverySince.Parse(text);

        var culture = System.Globalization.CultureInfo.InvariantCulture;
        var now = new DateTime(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc);
        Assert.Equal(from, since?.From(now).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", culture));
        Assert.Equal(words, since?.DisplayText(at => at.ToString("yyyy-MM-dd HH:mm", culture)));
    }

    [Fact]
    public async Task What_happens_meanwhile_appears_by_itself()
    {
        var page = await AddPageAsync();
        await AddNotificationAsync();
        var log = Render<DeliveryLogPage>();

        var delivery = await RaiseAsync(page, "API");
        log.WaitForAssertion(() => Assert.Contains("Pending", RowOf(log, delivery), StringComparison.Ordinal), Soon);
        await RunAsync(delivery);
        log.WaitForAssertion(() => Assert.Contains("Delivered", RowOf(log, delivery), StringComparison.Ordinal), Soon);
    }

    [Theory]
    [InlineData(-1, "now")]
    [InlineData(0, "now")]
    [InlineData(41.2, "in 42 s")]
    [InlineData(60, "in 1 min 00 s")]
    [InlineData(245, "in 4 min 05 s")]
    [InlineData(3900, "in 1 h 05 min")]
    public void A_countdown_is_never_early(double seconds, string text) => Assert.Equal(text, Countdown.Text(TimeSpan.FromSeconds(seconds)));

    private static string RowOf(IRenderedComponent<DeliveryLogPage> log, long id) =>
        log.FindAll("tbody tr").Single(row => row.QuerySelector($"a[href='admin/deliveries/{id}']") is not null).TextContent;

    private static List<long> Keys(IRenderedComponent<DeliveryLogPage> log) =>
        [.. log.FindAll("a.log-link").Select(a => long.Parse(a.GetAttribute("href")!.Split('/')[^1], System.Globalization.CultureInfo.InvariantCulture))];
}
