using ATStatus.Core.Events;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.StatusPages;

/// <summary>What a newcomer's first page shows: a past as a real one has.</summary>
public sealed class SampleDataTests
{
    [Fact]
    public async Task Each_component_has_three_months_behind_it_and_a_first_outage_is_a_small_part_of_them()
    {
        await using var app = await CoreApp.StartAsync();
        var page = await app.SampleDataAsync();
        var queries = app.Get<StatusPageQueries>();
        foreach (var component in page.Components)
        {
            Assert.Equal(ComponentStatus.Operational, component.Status);
            Assert.InRange((await queries.ComponentAsync(component.Id))!.UptimePercent, 99.9m, 100m);
            var segments = await queries.SegmentsAsync(component.Id);
            Assert.True(segments.Min(s => s.From) <= app.Time.GetUtcNow().UtcDateTime.AddDays(-StatusHistory.Days), $"{component.Name} is younger than what is drawn.");
            // The newest first, one after another.
            Assert.All(segments.Zip(segments.Skip(1)), pair => Assert.Equal(pair.First.From, pair.Second.Until));
        }
        var shown = new List<decimal>();
        foreach (var component in page.Components)
            shown.Add((await queries.ComponentAsync(component.Id))!.UptimePercent);
        Assert.Contains(shown, uptime => uptime < 100m);

        var first = page.Components[0].Id;
        await app.Get<ComponentService>().SetStatusAsync(first, ComponentStatus.MajorOutage);
        app.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.InRange((await queries.ComponentAsync(first))!.UptimePercent, 99.9m, 99.99m);
    }
}
