using ATStatus.Admin.Components.Shared;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Sending;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace ATStatus.Admin.Features.Deliveries;

/// <summary>The life of one delivery: what happened to it, how long each step took, and what it waits for.</summary>
public sealed partial class TimelinePanel
{
    private IReadOnlyList<TimelineStep> _steps = [];
    private StatusStyle _style = StatusStyles.Of(StatusKind.Delivery, "");
    private ElementReference _now;
    private int _scale;
    private bool _canSendNow;
    private bool _offersSendNow;
    private bool _focused;
    private bool _lostFocus;

    [Inject]
    private SendingPauseQueries Pause { get; set; } = default!;

    /// <summary>The delivery.</summary>
    [Parameter, EditorRequired]
    public DeliveryDetail Detail { get; set; } = default!;

    /// <summary>Now (UTC): the page's, so that all its countdowns move in one update.</summary>
    [Parameter, EditorRequired]
    public DateTime Now { get; set; }

    /// <summary>Send now was pressed and has not been answered yet.</summary>
    [Parameter]
    public bool SendingNow { get; set; }

    /// <summary>The reader wants the next attempt made now.</summary>
    [Parameter]
    public EventCallback OnSendNow { get; set; }

    /// <summary>The reader wants to see what an attempt sent and got; comes with its number.</summary>
    [Parameter]
    public EventCallback<int> OnReveal { get; set; }

    // The reason stands at the top of the page; the timeline says how it came to that.
    private string EndText => Detail.Row switch
    {
        { State: DeliveryState.Skipped } row => row.Reason ?? "",
        { AttemptCount: 0 } => "without an attempt",
        { AttemptCount: 1 } => "after one attempt",
        var row => FormattableString.Invariant($"after {row.AttemptCount} attempts"),
    };

    /// <inheritdoc />
    protected override void OnParametersSet()
    {
        _steps = DeliveryTimeline.Of(Detail);
        _style = StatusStyles.Of(StatusKind.Delivery, Detail.Row.State.WireName());
        _scale = _steps.OfType<TimelineStep.Attempt>().Max(step => step.Timing?.TotalMs) ?? 1;
        _canSendNow = Detail.SendNowRefusal is null;
        // Under the reader's finger it stays while an attempt is made: after it, it may be wanted again.
        var offers = _canSendNow || ((SendingNow || _focused) && _steps[^1] is TimelineStep.UnderWay or TimelineStep.Next { Hold: null });
        _lostFocus |= _offersSendNow && !offers && _focused;
        _offersSendNow = offers;
    }

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!_lostFocus)
            return;
        (_lostFocus, _focused) = (false, false);
        await _now.FocusAsync(preventScroll: true);
    }

    private static string Outcome(DeliveryAttempt attempt) => attempt.Failure switch
    {
        null => FormattableString.Invariant($"Delivered: status {attempt.StatusCode}"),
        FailureKind.HttpStatus => FormattableString.Invariant($"Failed: status {attempt.StatusCode}"),
        { } failure => failure.Label(),
    };

    /// <summary>Why it is held, in few words; the sentence stands at the top of the page.</summary>
    private static string Short(HoldReason hold) => hold switch
    {
        HoldReason.Capacity => "until its turn comes",
        HoldReason.Circuit => "while the circuit of its notification is open",
        HoldReason.Order => "until an earlier one has been sent",
        HoldReason.Rate => "until its rate limit allows it",
        HoldReason.SlowEndpoints => "until a worker for slow receivers is free",
        HoldReason.Paused => "while sending is paused",
        _ => throw new ArgumentOutOfRangeException(nameof(hold), hold, null),
    };

    /// <summary>"1st", "2nd", "3rd", "4th", "11th".</summary>
    internal static string Ordinal(int number) => FormattableString.Invariant($"{number}") + (number % 100, number % 10) switch
    {
        (11 or 12 or 13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };

    private static Tone ToneOf(DeliveryAttempt attempt) => attempt.Failure switch
    {
        null => Tone.Success,
        FailureKind.Cancelled => Tone.Neutral,
        _ => Tone.Danger,
    };

    private static string IconOf(DeliveryAttempt attempt) =>
        attempt.Failure is null ? Icons.Material.Outlined.CheckCircle : Icons.Material.Outlined.Cancel;

    private static string DisplayText(TimeSpan time) => Durations.Long(time);
}
