using System.Globalization;
using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Components.Shared;
using ATStatus.Core.Dispatch;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Deliveries;

/// <summary>How long until something is sent: "in 4 min 05 s"; "paused" while nothing is, whatever the time.</summary>
public sealed class Countdown : InstantText
{
    internal const string Paused = "paused";

    [Inject]
    private SendingPauseQueries Pause { get; set; } = default!;

    /// <summary>Now (UTC): the page's, so that all its countdowns move in one update.</summary>
    [Parameter, EditorRequired]
    public DateTime Now { get; set; }

    private protected override string? Css => "nowrap countdown";

    private protected override string TextOf(DateTime at) => Pause.IsPaused ? Paused : Text(BrowserClock.AsUtc(at) - Now);

    /// <summary>"in 42 s", "in 4 min 05 s", "in 1 h 05 min"; "now" once it is over.</summary>
    internal static string Text(TimeSpan left)
    {
        // Rounded up: "in 1 s" until it is really due.
        var seconds = (long)Math.Ceiling(left.TotalSeconds);
        return seconds switch
        {
            <= 0 => "now",
            < 60 => string.Create(CultureInfo.InvariantCulture, $"in {seconds} s"),
            < 3600 => string.Create(CultureInfo.InvariantCulture, $"in {seconds / 60} min {seconds % 60:00} s"),
            _ => string.Create(CultureInfo.InvariantCulture, $"in {seconds / 3600} h {seconds / 60 % 60:00} min"),
        };
    }
}
