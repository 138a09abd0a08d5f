using ATStatus.Admin.Hosting.Access;
using System.Globalization;
using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Features.Lists;
using ATStatus.Core.Recovery;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace ATStatus.Admin.Features.Deliveries;

/// <summary>
/// What can be done with the chosen deliveries: redeliver them, resend what was missed, or cancel what waits; with a question before, progress
/// meanwhile and the result after.
/// </summary>
public sealed partial class LogSelectionBar : IDisposable
{
    private static readonly TimeSpan ShowEvery = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _gone = new();
    private CancellationTokenSource? _stop;
    private BulkResult _progress = None;
    private BulkResult? _result;
    private string? _fault;
    private BulkKind _kind;
    private int _total;
    private BulkKind? _looking;
    private bool _stopping;
    private long _shownAt;

    private static readonly BulkResult None = new(0, new Dictionary<string, int>(), false);

    /// <summary>What is chosen.</summary>
    [Parameter, EditorRequired]
    public Selection<long> Selection { get; set; } = new();

    /// <summary>The selection was emptied.</summary>
    [Parameter]
    public EventCallback Changed { get; set; }

    [Inject]
    private CurrentUser User { get; set; } = default!;

    [Inject]
    private Permitted<BulkRedelivery> Redelivery { get; set; } = default!;

    [Inject]
    private ConfirmService Confirm { get; set; } = default!;

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

    private async Task AskAsync(BulkKind kind)
    {
        BulkOutlook outlook;
        _looking = kind;
        try
        {
            outlook = await Redelivery.Demand().LookAsync(kind, Selection.Keys, _gone.Token);
        }
        catch (Exception e) when (!_gone.IsCancellationRequested)
        {
            Logger.LogPageFault(e, "look what can be done with the selected deliveries");
            Snackbar.Add(PageFaults.DisplayText, Severity.Error);
            return;
        }
        finally
        {
            _looking = null;
        }
        var action = LogSelectionText.Of(kind);
        if (outlook.Possible.Count == 0)
        {
            Snackbar.Add($"None of them can be {action.Done}: {LogSelectionText.Refused(outlook)}.", Severity.Warning);
            return;
        }
        var text = outlook.Refused.Count == 0 ? action.Explained : $"{action.Explained} Left out: {LogSelectionText.Refused(outlook)}.";
        var cancels = kind == BulkKind.Cancel;
        if (await Confirm.AskAsync(action.Question(outlook.Possible.Count), text, action.Button, danger: cancels, dismissLabel: cancels ? "Keep them" : "Cancel"))
            await RunAsync(kind, outlook.Possible);
    }

    private async Task RunAsync(BulkKind kind, IReadOnlyList<long> ids)
    {
        (_stop, _kind, _total, _progress, _stopping, _fault) = (new CancellationTokenSource(), kind, ids.Count, None, false, null);
        StateHasChanged();
        try
        {
            // On the pool: the circuit stays free. Whoever leaves the page meant what was confirmed; only Stop ends it.
            var stop = _stop.Token;
            var actor = User.Actor;
            _progress = await Task.Run(() => Redelivery.Demand().RunAsync(kind, ids, Show, actor, stop));
        }
        catch (Exception e)
        {
            Logger.LogPageFault(e, "redeliver or cancel the selected deliveries");
            _fault = PageFaults.DisplayText;
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
        return $"{LogSelectionText.Of(_kind).Summary(result.Done)}{(left > 0 ? $"; {LogSelectionText.Number(left)} not tried" : "")}.";
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }
}
