using System.Globalization;
using ATStatus.Admin.Components.Shared;
using ATStatus.Core.Deliveries;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Events;

/// <summary>How far the deliveries of the latest update about a subject have come: "54 of 60 delivered, 3 retrying". Live.</summary>
public sealed partial class DeliveryProgressLine
{
    private DeliveryProgress? _progress;

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

    /// <inheritdoc />
    protected override object? LoadKey => (Group, SubjectId, Key);

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
    protected override void OnInitialized() => Follow(Feed);

    /// <inheritdoc />
    protected override async Task LoadAsync() => _progress = await Queries.ProgressAsync(Group, SubjectId, Gone);

    /// <inheritdoc />
    protected override async Task FollowAsync()
    {
        var before = _progress;
        await LoadAsync();
        // Each step would be too much to listen to.
        if (_progress is { IsSettled: true, Sent: > 0 } && before is { IsSettled: false })
            Announcer.Say($"Latest update: {TextOf(_progress)}");
    }

    private static string Text(int count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
