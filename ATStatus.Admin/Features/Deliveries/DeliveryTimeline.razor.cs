using ATStatus.Admin.Components.Shared;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Sending;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace ATStatus.Admin.Features.Deliveries;

/// <summary>The life of one delivery: what happened to it, how long each step took, and what it waits for.</summary>
public sealed partial class DeliveryTimeline
{
    private IReadOnlyList<LifeStep> _steps = [];
    private StatusLook _look = StatusLooks.Of(StatusKind.Delivery, "");
    private ElementReference _now;
    private int _scale;
    private bool _canSendNow;
    private bool _offersSendNow;
    private bool _focused;
    private bool _lostFocus;

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

    private string EndWords => Detail.Row switch
    {
        { State: DeliveryState.Delivered, LastStatusCode: { } status } => FormattableString.Invariant($"The receiver took it: status {status}"),
        { State: DeliveryState.Delivered } => "The receiver took it",
        { State: DeliveryState.Skipped } => "Kept, not sent",
        _ => "No further attempt is made by itself",
    };

    /// <inheritdoc />
    protected override void OnParametersSet()
    {
        _steps = DeliveryLife.Of(Detail);
        _look = StatusLooks.Of(StatusKind.Delivery, Detail.Row.State.WireName());
        _scale = _steps.OfType<LifeStep.Attempt>().Max(step => step.Timing?.TotalMs) ?? 1;
        _canSendNow = Detail.SendNowRefusal is null;
        // Under the reader's finger it stays while an attempt is made: after it, it may be wanted again.
        var offers = _canSendNow || ((SendingNow || _focused) && _steps[^1] is LifeStep.UnderWay or LifeStep.Next { Hold: null });
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

    private static Tone ToneOf(DeliveryAttempt attempt) => attempt.Failure switch
    {
        null => Tone.Success,
        FailureKind.Cancelled => Tone.Neutral,
        _ => Tone.Danger,
    };

    private static string IconOf(DeliveryAttempt attempt) =>
        attempt.Failure is null ? Icons.Material.Outlined.CheckCircle : Icons.Material.Outlined.Cancel;

    private static string Words(TimeSpan time) => Durations.Long(time);
}
