using ATStatus.Admin.Features.Notifications.Receivers;
using ATStatus.Admin.Features.Notifications.Statistics;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Tests.Features.Notifications;

public sealed class NotificationPerformanceTests : FeatureTest
{
    [Fact]
    public async Task Rate_volume_and_durations_are_shown_for_the_period_in_the_address()
    {
        var id = await AddNotificationAsync();
        await CountAsync(id, Clock.GetUtcNow().UtcDateTime.AddHours(-1), isFailure: false, bucket: 6, count: 97);
        await CountAsync(id, Clock.GetUtcNow().UtcDateTime.AddHours(-1), isFailure: true, bucket: 16, count: 3);
        await CountAsync(id, Clock.GetUtcNow().UtcDateTime.AddDays(-3), isFailure: false, bucket: 6, count: 900);

        var page = Open<StatisticsPage>(p => p.Add(x => x.Id, id));
        Assert.Equal(["97 %", "100", "3"], page.FindAll(".measure dd").Take(3).Select(d => d.TextContent));
        Assert.Contains("97 succeeded, 3 failed; at most 100 in one hour", page.Find("svg[role=img][aria-label^='Attempts']").GetAttribute("aria-label"), StringComparison.Ordinal);
        Assert.Equal(24, page.FindAll("section[aria-labelledby=volume] svg g").Count);
        // 97 of 100 stand at 97 % of a height whose top is 100.
        Assert.Equal(["100", "50", "0"], page.FindAll("section[aria-labelledby=volume] .scale span").Select(s => s.TextContent));
        Assert.Contains(page.FindAll("section[aria-labelledby=volume] rect.succeeded"), bar => bar.GetAttribute("height") == "116.4");
        Assert.Matches("^\\d+(\\.\\d+)? m?s, \\d+(\\.\\d+)? m?s, 0 ms$", string.Join(", ", page.FindAll("section[aria-labelledby=durations] .scale span").Select(s => s.TextContent)));
        Assert.Contains("No permanently failed deliveries in the log.", page.Markup, StringComparison.Ordinal);

        await Field(page, "Period").ChangeAsync(new ChangeEventArgs { Value = nameof(StatisticsPeriod.Week) });
        Assert.EndsWith("?period=7d", Address, StringComparison.Ordinal);
        var week = Open<StatisticsPage>(p => p.Add(x => x.Id, id));
        Assert.Equal("1,000", week.FindAll(".measure dd")[1].TextContent);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(3, 4)]
    [InlineData(10, 10)]
    [InlineData(11, 20)]
    [InlineData(99, 100)]
    [InlineData(401, 600)]
    [InlineData(9_001, 10_000)]
    public void A_scale_ends_at_a_round_number_at_or_above_the_largest(double most, double top) => Assert.Equal(top, ChartScale.TopOf(most));

    [Fact]
    public async Task Without_attempts_it_says_so_and_without_a_notification_too()
    {
        var id = await AddNotificationAsync();
        var page = Open<StatisticsPage>(p => p.Add(x => x.Id, id));
        Assert.Contains("No attempts in this period", page.Markup, StringComparison.Ordinal);
        Assert.Equal("—", page.FindAll(".measure dd")[0].TextContent);
        Assert.Contains("This notification does not exist", Open<StatisticsPage>(p => p.Add(x => x.Id, 999)).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_is_told_what_this_notification_sends_in_the_language_of_the_address()
    {
        var id = await AddNotificationAsync();
        var page = Open<ReceiversPage>(p => p.Add(x => x.Id, id));
        Assert.Contains("this notification has no secret", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("webhook-id", page.Markup, StringComparison.Ordinal);
        Assert.Equal(EventTypes.All.Concat(EventTypes.Alerts).Select(type => $"events/{type.WireName()}.schema.json").Prepend("events/asyncapi.json"), Schemas(page));
        Assert.Contains("X-Webhook-Signature", page.Find("pre").TextContent, StringComparison.Ordinal);

        var saved = (await Get<NotificationQueries>().FindAsync(id, Stop))!;
        await Get<NotificationService>().UpdateAsync(
            id, saved.Version,
            new NotificationInput(
                "webhook", saved.Name, new(saved.Url, "s3cret") { Options = new() { StandardWebhooks = true } },
                new([EventType.IncidentCreated])), Stop);
        Get<NavigationManager>().NavigateTo($"admin/notifications/{id}/receivers?language=python");
        var again = Open<ReceiversPage>(p => p.Add(x => x.Id, id));
        Assert.Contains("Lower-case hex HMAC-SHA256", again.Markup, StringComparison.Ordinal);
        Assert.Contains("webhook-id", again.Markup, StringComparison.Ordinal);
        Assert.Contains("hmac.compare_digest", again.Find("pre").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", again.Markup, StringComparison.Ordinal);
        Assert.Equal(
            ["events/asyncapi.json", "events/incident.created.schema.json", "events/notification.failing.schema.json", "events/notification.switched_off.schema.json"],
            Schemas(again));
    }

    private static IEnumerable<string?> Schemas(IRenderedComponent<ReceiversPage> page) =>
        page.FindAll("section[aria-labelledby=schemas] a").Select(link => link.GetAttribute("href"));

    private async Task CountAsync(int notification, DateTime at, bool isFailure, int bucket, int count)
    {
        await using var db = await DbAsync();
        db.HourlyAttemptCounts.Add(new HourlyAttemptCount { NotificationId = notification, Hour = at.Date.AddHours(at.Hour), IsFailure = isFailure, Bucket = bucket, Count = count });
        await db.SaveChangesAsync(Stop);
    }
}
