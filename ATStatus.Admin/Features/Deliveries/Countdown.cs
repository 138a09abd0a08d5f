using System.Globalization;
using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Deliveries;

/// <summary>How long until an instant: "in 4 min 05 s".</summary>
public sealed class Countdown : InstantText
{
    /// <summary>Now (UTC): the page's, so that all its countdowns move in one update.</summary>
    [Parameter, EditorRequired]
    public DateTime Now { get; set; }

    private protected override string Css => "nowrap countdown";

    private protected override string TextOf(DateTime at) => Text(BrowserClock.AsUtc(at) - Now);

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
