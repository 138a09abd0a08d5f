using System.Globalization;
using ATStatus.Admin.Components.Shared;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Sending;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Overview;

/// <summary>How many deliveries of the last 24 hours stand in each state, as a stacked bar with a list of the numbers.</summary>
public sealed partial class DeliveryBar
{
    private const int Width = 1000;
    // One failed among ten thousand must still be seen.
    private const double Least = 8;

    private static readonly DeliveryState[] Order =
    [
        DeliveryState.Delivered, DeliveryState.Failed, DeliveryState.Retrying, DeliveryState.Sending, DeliveryState.Pending, DeliveryState.Skipped,
    ];

    [Parameter, EditorRequired]
    public IReadOnlyDictionary<DeliveryState, DeliveryCount> Counts { get; set; } = new Dictionary<DeliveryState, DeliveryCount>();

    // The two that everybody looks for are listed even when they are zero.
    private IEnumerable<DeliveryState> Listed =>
        Order.Where(state => CountOf(state) > 0 || state is DeliveryState.Delivered or DeliveryState.Failed);

    private string Sentence => string.Join(", ", Listed.Select(state =>
        $"{Text(state)} {StyleOf(state).Text.ToLowerInvariant()}"));

    private IEnumerable<(DeliveryState State, string X, string Width)> Segments
    {
        get
        {
            var shown = Order.Where(state => CountOf(state) > 0).ToList();
            var total = shown.Sum(CountOf);
            var widths = shown.Select(state => Math.Max(Least, (double)Width * CountOf(state) / total)).ToList();
            var scale = Width / widths.Sum();
            var x = 0d;
            for (var i = 0; i < shown.Count; i++)
            {
                yield return (shown[i], Svg(x), Svg(widths[i] * scale));
                x += widths[i] * scale;
            }
        }
    }

    private int CountOf(DeliveryState state) => Counts.GetValueOrDefault(state).Count;

    private string Text(DeliveryState state) =>
        CountOf(state).ToString("N0", CultureInfo.InvariantCulture) + (Counts.GetValueOrDefault(state).IsMore ? "+" : "");

    private static StatusStyle StyleOf(DeliveryState state) => StatusStyles.Of(StatusKind.Delivery, state.WireName());

    // Pending and skipped share a tone; what never goes out is drawn fainter.
    private static string Fill(DeliveryState state) =>
        state == DeliveryState.Skipped ? "fill-skipped" : $"fill-{StyleOf(state).Tone.CssName()}";

    private static string Svg(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}
