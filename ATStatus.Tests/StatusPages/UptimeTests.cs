using ATStatus.Core.Events;
using ATStatus.Core.StatusPages;

namespace ATStatus.Tests.StatusPages;

/// <summary>The contract's definition of uptime, by hand-made histories.</summary>
public sealed class UptimeTests
{
    private static readonly DateTime Now = new(2026, 6, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void No_history_is_a_hundred() => Assert.Equal(100m, Uptime.Percent([], Now.AddDays(-5), Now));

    [Fact]
    public void A_component_made_this_moment_is_a_hundred() => Assert.Equal(100m, Of(0, (0, ComponentStatus.MajorOutage)));

    [Fact]
    public void Degraded_is_up_and_outages_are_down() => Assert.Equal(
        50m,
        Of(4, (4, ComponentStatus.Operational), (3, ComponentStatus.Degraded), (2, ComponentStatus.PartialOutage), (1, ComponentStatus.MajorOutage)));

    [Fact]
    public void Maintenance_is_left_out() => Assert.Equal(
        75m, Of(10, (10, ComponentStatus.Operational), (7, ComponentStatus.Maintenance), (1, ComponentStatus.MajorOutage)));

    [Fact]
    public void Only_maintenance_is_a_hundred() => Assert.Equal(100m, Of(3, (3, ComponentStatus.Maintenance)));

    [Fact]
    public void What_was_before_the_window_does_not_count() =>
        Assert.Equal(90m, Of(400, (400, ComponentStatus.MajorOutage), (81, ComponentStatus.Operational)));

    [Fact]
    public void It_is_rounded_down_to_two_decimals() =>
        Assert.Equal(66.66m, Of(3, (3, ComponentStatus.Operational), (1, ComponentStatus.MajorOutage)));

    [Fact]
    public void A_second_of_outage_is_not_rounded_away()
    {
        StatusSegment[] history =
        [
            new(Now.AddDays(-90), Now.AddDays(-1), ComponentStatus.Operational),
            new(Now.AddDays(-1), Now.AddDays(-1).AddSeconds(1), ComponentStatus.MajorOutage),
            new(Now.AddDays(-1).AddSeconds(1), null, ComponentStatus.Operational),
        ];
        Assert.Equal(99.99m, Uptime.Percent(history, Now.AddDays(-90), Now));
    }

    private static decimal Of(int ageInDays, params (int DaysAgo, ComponentStatus Status)[] history) => Uptime.Percent(
        history.Select((h, i) => new StatusSegment(
            Now.AddDays(-h.DaysAgo), i + 1 < history.Length ? Now.AddDays(-history[i + 1].DaysAgo) : null, h.Status)),
        Now.AddDays(-ageInDays), Now);
}
