using System.Globalization;
using ATStatus.Admin.Components.Shared;
using ATStatus.Core.Outbox;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace ATStatus.Admin.Features.Deliveries;

/// <summary>What can be done with the chosen deliveries: redeliver them, with a question before, progress meanwhile and the result after.</summary>
public sealed partial class LogSelectionBar : IDisposable
{
    private static readonly TimeSpan ShowEvery = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _gone = new();
    private CancellationTokenSource? _stop;
    private BulkResult _progress = None;
    private BulkResult? _result;
    private string? _fault;
    private int _total;
    private bool _looking;
    private bool _stopping;
    private long _shownAt;

    private static readonly BulkResult None = new(0, new Dictionary<string, int>(), false);

    /// <summary>What is chosen.</summary>
    [Parameter, EditorRequired]
    internal LogSelection Selection { get; set; } = new();

    /// <summary>The selection was emptied.</summary>
    [Parameter]
    public EventCallback Changed { get; set; }

    [Inject]
    private BulkRedelivery Redelivery { get; set; } = default!;

    [Inject]
    private Confirm Confirm { get; set; } = default!;

    [Inject]
    private Announcer Announcer { get; set; } = default!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private ILogger<LogSelectionBar> Logger { get; set; } = default!;

    private bool IsRunning => _stop is not null;

    private string Percent => (_total == 0 ? 0 : 100.0 * _progress.Tried / _total).ToString("F1", CultureInfo.InvariantCulture);

    private async Task RedeliverAsync()
    {
        BulkOutlook outlook;
        _looking = true;
        try
        {
            outlook = await Redelivery.LookAsync(Selection.Ids, _gone.Token);
        }
        catch (Exception e) when (!_gone.IsCancellationRequested)
        {
            Logger.LogPageFault(e, "look which deliveries can be redelivered");
            Snackbar.Add(PageFaults.Words, Severity.Error);
            return;
        }
        finally
        {
            _looking = false;
        }
        if (outlook.Possible.Count == 0)
        {
            Snackbar.Add($"None of them can be redelivered: {RefusedWords(outlook)}.", Severity.Warning);
            return;
        }
        var text = outlook.Refused.Count == 0
            ? "Each begins a new round of attempts, with the same X-Request-ID and the same bytes."
            : $"Each begins a new round of attempts, with the same X-Request-ID and the same bytes. Left out: {RefusedWords(outlook)}.";
        if (await Confirm.AskAsync($"Redeliver {Deliveries(outlook.Possible.Count)}?", text, "Redeliver"))
            await RunAsync(outlook.Possible);
    }

    private async Task RunAsync(IReadOnlyList<long> ids)
    {
        (_stop, _total, _progress, _stopping, _fault) = (new CancellationTokenSource(), ids.Count, None, false, null);
        StateHasChanged();
        try
        {
            // On the pool: the circuit stays free. Whoever leaves the page meant what was confirmed; only Stop ends it.
            var stop = _stop.Token;
            _progress = await Task.Run(() => Redelivery.RunAsync(ids, Show, stop));
        }
        catch (Exception e)
        {
            Logger.LogPageFault(e, "redeliver the selected deliveries");
            _fault = PageFaults.Words;
        }
        _stop.Dispose();
        _stop = null;
        _result = _progress;
        Selection.Clear();
        Announcer.Say(Summary(_result));
        if (!_gone.IsCancellationRequested)
            await Changed.InvokeAsync();
    }

    private void Show(BulkResult progress)
    {
        _progress = progress;
        if (progress.Tried < _total && Time.GetElapsedTime(_shownAt) < ShowEvery)
            return;
        _shownAt = Time.GetTimestamp();
        if (!_gone.IsCancellationRequested)
            _ = InvokeAsync(StateHasChanged);
    }

    private async Task StopAsync()
    {
        _stopping = true;
        if (_stop is not null)
            await _stop.CancelAsync();
    }

    private Task CloseAsync()
    {
        _result = null;
        Selection.Clear();
        return Changed.InvokeAsync();
    }

    private string Summary(BulkResult result)
    {
        var left = _total - result.Tried;
        return $"{Deliveries(result.Done)} redelivered{(left > 0 ? $"; {Number(left)} not tried" : "")}.";
    }

    private static string RefusedWords(BulkOutlook outlook) => string.Join(", ", outlook.Refused.OrderBy(r => r.Key).Select(r => (r.Key, r.Value) switch
    {
        (BulkRefusal.Test, 1) => "1 is a test",
        (BulkRefusal.Test, var count) => $"{Number(count)} are tests",
        (BulkRefusal.NotificationDeleted, var count) => $"{Number(count)} to a deleted notification",
        (BulkRefusal.NotificationOff, var count) => $"{Number(count)} to a notification that is switched off",
        (BulkRefusal.UnderWay, 1) => "1 is under way already",
        (BulkRefusal.UnderWay, var count) => $"{Number(count)} are under way already",
        (_, 1) => "1 is not in the log any more",
        (_, var count) => $"{Number(count)} are not in the log any more",
    }));

    private static string Deliveries(int count) => count == 1 ? "1 delivery" : $"{Number(count)} deliveries";

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <inheritdoc />
    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }
}
