using System.Globalization;
using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Components.Shared;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.StatusComponents;

/// <summary>A component's last days as status pages draw them: a bar a day in the tone of its worst status, today at the right.</summary>
public sealed partial class HistoryBar
{
    // A bar and the gap after it, in the drawing's own units.
    private const int Step = 8;

    /// <summary>The component.</summary>
    [Parameter, EditorRequired]
    public string Name { get; set; } = "";

    /// <summary>The oldest first.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<ComponentDay> Days { get; set; } = [];

    /// <summary>Uptime as the contract defines it.</summary>
    [Parameter, EditorRequired]
    public decimal UptimePercent { get; set; }

    private string Uptime => $"{ComponentChoices.Percent(UptimePercent)} uptime";

    [Inject]
    private BrowserClock Clock { get; set; } = default!;

    private string Sentence
    {
        get
        {
            var lived = Days.Where(day => day.Worst is not null).ToList();
            var bad = lived.Where(day => day.Worst != ComponentStatus.Operational)
                .GroupBy(day => day.Worst!.Value)
                .OrderByDescending(group => ComponentStatusResolver.Badness(group.Key))
                .Select(group => $"{group.Key.Label().ToLowerInvariant()} on {Count(group.Count())}")
                .ToList();
            var what = lived.Count == 0 ? "no history yet" : bad.Count == 0 ? "operational throughout" : string.Join(", ", bad);
            var corrected = lived.Count(day => day.IsCorrected);
            return $"{Name}, {Count(lived.Count)}: {Uptime}; {what}{(corrected == 0 ? "" : $"; corrected on {Count(corrected)}")}";
        }
    }

    private static string Count(int days) => days == 1 ? "1 day" : string.Create(CultureInfo.InvariantCulture, $"{days} days");

    private string DisplayText(ComponentDay day)
    {
        var date = Clock.Date(day.Day);
        if (day.Worst is not { } worst)
            return $"{date}: no data";
        var down = day.Down > TimeSpan.Zero ? $", down for {Duration(day.Down)}" : "";
        return $"{date}: {worst.Label()}{down}{(day.IsCorrected ? " (corrected)" : "")}";
    }

    private static string Duration(TimeSpan down) => down < TimeSpan.FromMinutes(1)
        ? "less than a minute"
        : down < TimeSpan.FromHours(1)
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)down.TotalMinutes} min")
            : string.Create(CultureInfo.InvariantCulture, $"{(int)down.TotalHours} h {down.Minutes} min");

    // Partial and major outage differ in tone, degraded and partial do not: these two are told apart by their depth.
    private static string Fill(ComponentDay day) => day.Worst switch
    {
        null => "fill-none",
        ComponentStatus.PartialOutage => "fill-partial",
        { } worst => $"fill-{StatusStyles.Of(StatusKind.Component, worst.WireName()).Tone.CssName()}",
    };
}
