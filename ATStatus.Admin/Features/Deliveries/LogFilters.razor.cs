using System.Globalization;
using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Sending;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Deliveries;

/// <summary>The log's filters: what is chosen stands in fields, and once more as buttons that take one away each.</summary>
public sealed partial class LogFilters : IDisposable
{
    /// <summary>How long nothing is typed before what stands in the search field is looked for.</summary>
    internal static readonly TimeSpan SearchDelay = TimeSpan.FromMilliseconds(350);

    private const string CustomTime = "custom";

    private static readonly Choice<string>[] StateChoices =
        [.. StatusStyles.All(StatusKind.Delivery).Select(state => new Choice<string>(state.Key, state.Value.Text))];

    private static readonly Choice<string>[] EventChoices = [.. EventTypes.Every.Select(type => new Choice<string>(type.WireName(), type.WireName()))];

    private static readonly Choice<string>[] FailureChoices =
        [.. Enum.GetValues<FailureKind>().Select(kind => new Choice<string>(kind.WireName(), kind.Label()))];

    private static readonly Choice<string>[] TestChoices = [new("none", "Live only"), new("only", "Tests only")];

    private static readonly string[] QuickTimes = ["1h", "24h", "7d", "30d"];

    private bool _open;
    private bool _custom;
    private DeliveryLogQuery? _shown;
    private ITimer? _searching;
    private string? _text;
    private string? _searched;
    private string? _status;
    private string? _statusError;

    /// <summary>What is chosen.</summary>
    [Parameter, EditorRequired]
    public DeliveryLogQuery Query { get; set; } = new();

    /// <summary>The notifications to choose from.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<Choice<string>> Notifications { get; set; } = [];

    /// <summary>Something else was chosen.</summary>
    [Parameter]
    public EventCallback<DeliveryLogQuery> Chosen { get; set; }

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private BrowserClock Clock { get; set; } = default!;

    private sealed record Chip(string Key, string Text, DeliveryLogQuery Without, string? Hint = null);

    private int ActiveCount => Chips.Count();

    private string? TimeName =>
        _custom || Query.Until is not null || Query.Since?.At is not null ? CustomTime : Query.Since?.Text;

    /// <summary>The quick ones, and the one of the address if it is another.</summary>
    private IEnumerable<Choice<string>> TimeChoices =>
        from name in (Query.Since is { Span: not null } since ? QuickTimes.Append(since.Text).Distinct() : QuickTimes).Append(CustomTime)
        select new Choice<string>(name, name == CustomTime ? "From … until …" : DeliverySince.Parse(name)!.LastWhile());

    private IEnumerable<Chip> Chips
    {
        get
        {
            if (Query.Text is { } text)
                yield return new("text", $"“{text}”", Query with { Text = null });
            if (Query.State is { } state)
                yield return new("state", StatusStyles.Of(StatusKind.Delivery, state.WireName()).Text, Query with { State = null });
            if (Query.Notification is { } id)
                yield return new("notification", NameOf(id), Query with { Notification = null });
            if (Query.Event is { } type)
                yield return new("event", type.WireName(), Query with { Event = null });
            if (Query.Failure is { } failure)
                yield return new("failure", failure.Label(), Query with { Failure = null });
            if (Query.Status is { } status)
                yield return new("status", $"Status {DeliveryLogQuery.StatusText(status)}", Query with { Status = null });
            if (Query.IsTest is { } isTest)
                yield return new("test", isTest ? "Tests only" : "Live only", Query with { IsTest = null });
            if (Query.Since is { } since)
                yield return new("since", since.DisplayText(at => Clock.Absolute(at)), Query with { Since = null }, since.At is { } from ? $"Since {Clock.Exact(from)}" : null);
            if (Query.Until?.At is { } until)
                yield return new("until", $"Until {Clock.Absolute(until)}", Query with { Until = null }, $"Before {Clock.Exact(until)}");
        }
    }

    /// <inheritdoc />
    protected override void OnParametersSet()
    {
        // What is being typed stays until the address says something else.
        if (_shown is not null && _shown.Newest() == Query.Newest())
            return;
        // What was typed on while its beginning was looked for is not taken back.
        if (Query.Text != _searched)
            _text = _searched = Query.Text;
        if (_shown is null || _shown.Status != Query.Status)
            (_status, _statusError) = (DeliveryLogQuery.StatusText(Query.Status), null);
        _shown = Query;
        _custom &= Query.Since is null or { At: not null };
    }

    private string NameOf(int id)
    {
        var key = id.ToString(CultureInfo.InvariantCulture);
        return Notifications.FirstOrDefault(n => n.Value == key)?.Text ?? $"Notification {key}";
    }

    private Task Apply(DeliveryLogQuery query)
    {
        if (query.Since is null && query.Until is null && (Query.Since ?? Query.Until) is not null)
            _custom = false;
        return Chosen.InvokeAsync(query.Newest());
    }

    // Searches after a pause in typing; Enter and leaving the field search at once.
    private void TypeText(string? text)
    {
        _text = text;
        _searching ??= Time.CreateTimer(_ => _ = InvokeAsync(ApplyTextAsync), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _searching.Change(SearchDelay, Timeout.InfiniteTimeSpan);
    }

    private Task ApplyTextAsync()
    {
        _searching?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var text = DeliveryLogQuery.TextOf(_text);
        if (text == Query.Text)
            return Task.CompletedTask;
        _searched = text;
        return Apply(Query with { Text = text });
    }

    private Task ApplyStatusAsync()
    {
        var status = DeliveryLogQuery.StatusOf(_status?.Trim());
        _statusError = status is null && !string.IsNullOrWhiteSpace(_status) ? "5xx or 404, for example" : null;
        return _statusError is null ? Apply(Query with { Status = status }) : Task.CompletedTask;
    }

    private Task ChooseNotification(string? id) =>
        Apply(Query with { Notification = int.TryParse(id, CultureInfo.InvariantCulture, out var number) ? number : null });

    private Task ChooseEvent(string? name) => Apply(Query with { Event = EventTypes.TryParse(name, out var type) ? type : null });

    private Task ChooseFailure(string? name) => Apply(Query with { Failure = FailureKinds.TryParse(name, out var kind) ? kind : null });

    private Task ChooseTime(string? name)
    {
        _custom = name == CustomTime;
        if (!_custom)
            return Chosen.InvokeAsync((Query with { Since = DeliverySince.Parse(name), Until = null }).Newest());
        // From where the while that was chosen begins, to be changed.
        return Query.Since is { Span: not null } since ? Apply(Query with { Since = Instant(since.From(Clock.UtcNow)) }) : Task.CompletedTask;
    }

    private static DeliverySince? Instant(DateTime? at) => at is { } known ? DeliverySince.Instant(known) : null;

    /// <inheritdoc />
    public void Dispose() => _searching?.Dispose();
}
