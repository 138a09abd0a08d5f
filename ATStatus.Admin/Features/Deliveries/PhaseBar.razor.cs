using System.Globalization;
using ATStatus.Core.DeliveryLog;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Deliveries;

/// <summary>How long an attempt was out on a reused connection that closed, looked the name up, connected, shook hands and waited, as a stacked bar with the numbers.</summary>
public sealed partial class PhaseBar
{
    private const int Width = 1000;
    // A look-up of a millisecond before ten seconds of waiting must still be seen.
    private const double Least = 6;

    /// <summary>The attempt's times.</summary>
    [Parameter, EditorRequired]
    public AttemptTiming Timing { get; set; } = default!;

    /// <summary>How long the bar's whole width is, in milliseconds: the longest of the attempts that stand below each other.</summary>
    [Parameter, EditorRequired]
    public int ScaleMs { get; set; }

    /// <summary>"885 ms: look-up 1 ms, connect 2 ms, TLS 31 ms, wait 851 ms".</summary>
    internal string Sentence => $"{Text(Timing.TotalMs)}: "
        + string.Join(", ", Timing.Steps.Select(s => $"{Name(s.Step)} {Text(s.Ms)}"));

    private IEnumerable<(AttemptStep Step, string X, string Width)> Segments
    {
        get
        {
            var whole = Width * Math.Min(1, Timing.TotalMs / (double)Math.Max(1, ScaleMs));
            var widths = Timing.Steps.Select(s => Math.Max(Least, whole * s.Ms / Timing.TotalMs)).ToList();
            var scale = Math.Min(1, Width / widths.Sum());
            var x = 0d;
            for (var i = 0; i < widths.Count; i++)
            {
                yield return (Timing.Steps[i].Step, Svg(x), Svg(widths[i] * scale));
                x += widths[i] * scale;
            }
        }
    }

    private static string Name(AttemptStep step) => step switch
    {
        AttemptStep.Reused => "reused connection",
        AttemptStep.Lookup => "look-up",
        AttemptStep.Connect => "connect",
        AttemptStep.Tls => "TLS",
        _ => "wait",
    };

    private static string Fill(AttemptStep step) => $"phase-{step.ToString().ToLowerInvariant()}";

    private static string Text(int ms) => Durations.Text(TimeSpan.FromMilliseconds(ms));

    private static string Svg(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}
