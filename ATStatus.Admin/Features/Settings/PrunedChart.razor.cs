using System.Globalization;
using ATStatus.Admin.Components.Browser;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Settings;

/// <summary>How many deliveries retention has removed on each of the last days: a bar a day, today at the right.</summary>
public sealed partial class PrunedChart
{
    private const int Step = 8;
    private const int Gap = 2;
    private const int Height = 72;

    // One among thousands must still be seen.
    private const double Least = 3;

    /// <summary>The oldest first.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<PrunedDay> Days { get; set; } = [];

    /// <summary>Everything that was ever removed.</summary>
    [Parameter, EditorRequired]
    public PrunedTotal Total { get; set; } = default!;

    [Inject]
    private BrowserClock Clock { get; set; } = default!;

    private int Most => Math.Max(1, Days.Max(day => day.Delivered + day.Failed));

    private string Sentence
    {
        get
        {
            var (delivered, failed) = (Days.Sum(day => (long)day.Delivered), Days.Sum(day => (long)day.Failed));
            if (delivered + failed == 0)
                return string.Create(CultureInfo.InvariantCulture, $"No deliveries were removed in the last {Days.Count} days");
            var most = Days.MaxBy(day => day.Delivered + day.Failed)!;
            return string.Create(
                CultureInfo.InvariantCulture,
                $"Removed in the last {Days.Count} days: {delivered:N0} delivered, {failed:N0} failed or skipped; most on {Date(most.Day)}: {most.Delivered + most.Failed:N0}");
        }
    }

    private (double Delivered, double Failed) HeightsOf(PrunedDay day) => (HeightOf(day.Delivered), HeightOf(day.Failed));

    // Room for the least is left, so that no bar of two parts is higher than the drawing.
    private double HeightOf(int count) => count == 0 ? 0 : Math.Max(Least, (Height - Least) * count / Most);

    private static bool HasAny(PrunedDay day) => day.Delivered + day.Failed + day.Attempts + day.Events > 0;

    private string DisplayText(PrunedDay day) => HasAny(day)
        ? $"{Date(day.Day)}: {Number(day.Delivered)} delivered, {Number(day.Failed)} failed or skipped"
        : $"{Date(day.Day)}: nothing";

    private string Date(DateTime day) => Clock.Date(DateOnly.FromDateTime(day));

    private static string Machine(PrunedDay day) => day.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Count(long count, string one, string many) => $"{Number(count)} {(count == 1 ? one : many)}";

    private static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Svg(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}
