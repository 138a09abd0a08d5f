using System.Globalization;
using ATStatus.Admin.Components.Shared;
using ATStatus.Core.Deliveries;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Events;

/// <summary>How far the deliveries of the latest update about a subject have come: "54 of 60 delivered, 3 retrying". Live.</summary>
public sealed partial class DeliveryProgressLine : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private DeliveryProgress? _progress;
    private LiveRefresh? _watch;
    private object? _asked;

    /// <summary>What the subject is.</summary>
    [Parameter, EditorRequired]
    public EventGroup Group { get; set; }

    /// <summary>The subject's number.</summary>
    [Parameter, EditorRequired]
    public int SubjectId { get; set; }

    /// <summary>Another value asks at once: there may be a newer update.</summary>
    [Parameter]
    public int Key { get; set; }

    [Inject]
    private EventQueries Queries { get; set; } = default!;

    [Inject]
    private DeliveryFeed Feed { get; set; } = default!;

    [Inject]
    private Announcer Announcer { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private ILogger<DeliveryProgressLine> Logger { get; set; } = default!;

    /// <summary>"54 of 60 delivered, 3 retrying, 2 failed, 1 on hold".</summary>
    internal static string TextOf(DeliveryProgress progress)
    {
        List<(int Count, string Word)> others =
        [
            (progress.UnderWay, "being sent"), (progress.Retrying, "retrying"), (progress.Failed, "failed"), (progress.OnHold, "on hold"), (progress.Skipped, "skipped"),
        ];
        string[] parts =
        [
            progress.Sent == 0 ? "sent to no notifications" : $"{Text(progress.Delivered)} of {Text(progress.Sent)} delivered",
            .. others.Where(o => o.Count > 0).Select(o => $"{Text(o.Count)} {o.Word}"),
        ];
        return string.Join(", ", parts);
    }

    /// <inheritdoc />
    protected override void OnInitialized() => _watch = new LiveRefresh(Feed, Time, LiveRefresh.Usual, () => InvokeAsync(RefreshAsync));

    /// <inheritdoc />
    protected override Task OnParametersSetAsync()
    {
        object key = (Group, SubjectId, Key);
        if (key.Equals(_asked))
            return Task.CompletedTask;
        _asked = key;
        return LoadAsync();
    }

    private async Task RefreshAsync()
    {
        var before = _progress;
        await LoadAsync();
        if (_gone.IsCancellationRequested || _progress == before)
            return;
        StateHasChanged();
        // Each step would be too much to listen to.
        if (_progress is { IsSettled: true, Sent: > 0 } && before is { IsSettled: false })
            Announcer.Say($"Latest update: {TextOf(_progress)}");
    }

    private async Task LoadAsync()
    {
        try
        {
            _progress = await Queries.ProgressAsync(Group, SubjectId, _gone.Token);
        }
        catch (Exception) when (_gone.IsCancellationRequested)
        {
            // The page has been left; providers report a cancelled command by different exceptions.
        }
        catch (Exception e)
        {
            // What was shown stays; it is asked again in a moment.
            Logger.LogPageFault(e, "load how far an update has come");
        }
    }

    private static string Text(int count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <inheritdoc />
    public void Dispose()
    {
        _watch?.Dispose();
        _gone.Cancel();
        _gone.Dispose();
    }
}
