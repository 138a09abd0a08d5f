using ATStatus.Admin.Hosting.Access;
using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Features.Deliveries;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Model;
using ATStatus.Core.Recovery;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Notifications.Recoveries;

/// <summary>Counts what a notification missed, lets it be delivered, and shows how that goes, live.</summary>
public sealed partial class RecoverPage
{
    private static readonly Choice<DeliveryState>[] Kinds =
        [new(DeliveryState.Failed, "Failed"), new(DeliveryState.Skipped, "Skipped while it was off")];

    private RecoverySubject? _subject;
    private RecoveryCount? _count;
    private FormSubmission _form = default!;
    private IReadOnlyCollection<DeliveryState> _kinds = [DeliveryState.Failed, DeliveryState.Skipped];
    private DateTime? _since;
    private DateTime? _offSince;
    private bool _counting;
    private bool _stopping;

    /// <summary>The notification.</summary>
    [Parameter]
    public int Id { get; set; }

    /// <summary>The moment, as an ISO 8601 instant.</summary>
    [SupplyParameterFromQuery(Name = "since")]
    public string? Since { get; set; }

    /// <summary>Only <c>failed</c> or only <c>skipped</c>; both otherwise.</summary>
    [SupplyParameterFromQuery(Name = "only")]
    public string? Only { get; set; }

    [Inject]
    private RecoveryQueries Queries { get; set; } = default!;

    [Inject]
    private Permitted<RecoveryService> Recoveries { get; set; } = default!;

    [Inject]
    private DeliveryFeed Feed { get; set; } = default!;

    [Inject]
    private BrowserClock Clock { get; set; } = default!;

    /// <inheritdoc />
    protected override object? LoadKey => Id;

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        _form = NewForm().Judging(() => Request());
        Follow(Feed);
    }

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        if (_subject is not null && _subject.Id != Id)
            (_since, _count) = (null, null);
        _subject = await Queries.FindAsync(Id, Gone);
        Missing = _subject is null;
        if (_subject is null)
            return;
        _offSince = await Queries.OffSinceAsync(_subject, Gone);
        if (_since is not null)
            return;
        if (OnlyState(Only) is { } only)
            _kinds = [only];
        if (DeliverySince.Parse(Since) is { } asked)
        {
            // What the address says was counted before; shared or loaded again it shows the same.
            _since = WholeMinute(asked.From(Clock.UtcNow));
            if (_subject.Running is null)
                await CountAsync();
        }
        else
        {
            _since = WholeMinute(_offSince ?? _subject.LastSuccessAt ?? Clock.UtcNow.AddDays(-1));
        }
    }

    /// <inheritdoc />
    protected override async Task FollowAsync()
    {
        if (await Queries.FindAsync(Id, Gone) is not { } found)
            return;
        var before = _subject!.Running;
        _subject = found;
        if (before is null || _subject.Running is not null)
            return;
        _count = null;
        var ended = _subject.Recoveries.FirstOrDefault(r => r.Id == before.Id);
        Announcer.Say(ended is { IsCancelled: false } ? $"All {RecoveryText.Number(ended.Reopened)} were sent again" : "Resending ended early");
    }

    /// <summary>Moments that somebody is likely to mean. As the field shows minutes, so are they.</summary>
    private IEnumerable<(string Text, DateTime At)> Moments()
    {
        yield return ("Last hour", WholeMinute(Clock.UtcNow.AddHours(-1)));
        yield return ("Last 24 hours", WholeMinute(Clock.UtcNow.AddDays(-1)));
        if (_offSince is { } off)
            yield return ("Since it was switched off", WholeMinute(off));
        if (_subject?.LastSuccessAt is { } success)
            yield return ("Since the last success", WholeMinute(success));
    }

    private static DateTime WholeMinute(DateTime at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMinute));

    private static DeliveryState? OnlyState(string? only) => only switch
    {
        "failed" => DeliveryState.Failed,
        "skipped" => DeliveryState.Skipped,
        _ => null,
    };

    private static string? OnlyText(RecoveryRequest request) => (request.Failed, request.Skipped) switch
    {
        (true, false) => "failed",
        (false, true) => "skipped",
        _ => null,
    };

    private void ChooseSince(DateTime? at)
    {
        (_since, _count) = (at, null);
    }

    private void ChooseKinds(IReadOnlyCollection<DeliveryState> kinds)
    {
        (_kinds, _count) = (kinds, null);
    }

    // A moment that is not typed to its end lies ahead of everything: the service says so beside the field.
    private RecoveryRequest Request() => new(
        Id, _since ?? DateTime.MaxValue, _kinds.Contains(DeliveryState.Failed), _kinds.Contains(DeliveryState.Skipped));

    private async Task CountAsync()
    {
        _counting = true;
        var request = Request();
        var counted = await _form.PreviewAsync(async () => _count = await Recoveries.Demand().CountAsync(request, Gone));
        _counting = false;
        var (since, only) = (BrowserClock.Machine(request.Since), OnlyText(request));
        if (counted && (since, only) != (Since, Only))
            Navigation.NavigateTo(
                Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["since"] = since, ["only"] = only }), replace: true);
    }

    private async Task BeginAsync()
    {
        if (_count is not { } count || !await Confirm.AskAsync(
            count.Total == 1 ? "Resend 1 delivery?" : $"Resend {RecoveryText.Number(count.Total)} deliveries?",
            count.Total == 1
                ? $"It goes to {_subject!.Name} with its original X-Request-ID."
                : $"They go to {_subject!.Name} in the order in which they happened, each with its original X-Request-ID.",
            "Resend missed events"))
            return;
        var actor = User.Actor;
        if (await _form.RunAsync(() => Recoveries.Demand().BeginAsync(Request(), actor)))
            Announcer.Say("Resending has started");
        await RefreshAsync();
    }

    private async Task StopAsync(RecoveryRow recovery)
    {
        _stopping = true;
        try
        {
            await Recoveries.Demand().CancelAsync(recovery.Id);
        }
        finally
        {
            _stopping = false;
        }
        // Another button than the one that began it: the next click is no second half of a double click.
        _form.TypedAgain();
        await RefreshAsync();
    }
}
