using ATStatus.Admin.Features.Pickers;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Problems;

namespace ATStatus.Admin.Features.Maintenance;

/// <summary>What is typed about a window, beside what is saved of it. <see cref="WindowFields"/> and <see cref="StartFields"/> show it.</summary>
public sealed class WindowDraft
{
    private static readonly TimeSpan UsualLength = TimeSpan.FromHours(1);
    private WallClockTime? _suggestedEnd;
    private string? _typedDuration;

    /// <summary>The headline.</summary>
    public EditedValue<string?> Title { get; } = new("");

    /// <summary>What is done.</summary>
    public EditedValue<string?> Message { get; } = new("");

    /// <summary>The components it covers.</summary>
    public EditedValue<IReadOnlyCollection<int>> ComponentIds { get; } = new([], new SameSet());

    /// <summary>The start on the page's clock.</summary>
    public EditedValue<WallClockTime> Starts { get; } = new(default);

    /// <summary>The end on the page's clock.</summary>
    public EditedValue<WallClockTime> Ends { get; } = new(default);

    /// <summary>What is typed for how long it lasts; what follows from start and end where nothing is.</summary>
    public string? Duration => _typedDuration ?? (Ends.Value.Local - Starts.Value.Local is { } length && length > TimeSpan.Zero ? DurationText.Of(length) : "");

    /// <summary>Why what is typed is no duration; null where it is one.</summary>
    public string? DurationProblem => string.IsNullOrWhiteSpace(_typedDuration) || DurationText.Parse(_typedDuration) is not null ? null : DurationText.Problem;

    /// <summary>How long before the start subscribers are reminded.</summary>
    public EditedValue<TimeSpan?> RemindBefore { get; } = new(null);

    /// <summary>Whether the clock starts it.</summary>
    public EditedValue<bool> StartsAutomatically { get; } = new(true);

    /// <summary>The page's time zone; null while no page is chosen.</summary>
    public TimeZoneInfo? Zone { get; set; }

    /// <summary>The components to choose from.</summary>
    public IReadOnlyList<PickerOption> Choices { get; private set; } = [];

    /// <summary>Something differs from what is saved.</summary>
    public bool IsChanged => Title.IsChanged || Message.IsChanged || ComponentIds.IsChanged || Starts.IsChanged || Ends.IsChanged
        || RemindBefore.IsChanged || StartsAutomatically.IsChanged;

    /// <summary>Takes a start. An end that nobody has chosen follows it: after the duration that is typed, or an hour.</summary>
    public void Start(WallClockTime at)
    {
        Starts.Value = at;
        if (Ends.Value.Local is null || Ends.Value == _suggestedEnd)
            SuggestEnd();
    }

    /// <summary>Takes an end, which decides how long it lasts.</summary>
    public void End(WallClockTime at) => (Ends.Value, _suggestedEnd, _typedDuration) = (at, null, null);

    /// <summary>Takes how long it lasts, which decides when it ends.</summary>
    public void Last(string? text)
    {
        _typedDuration = text;
        if (DurationText.Parse(text) is not null)
            SuggestEnd();
    }

    /// <exception cref="InvalidInputException">What is typed for the duration is none.</exception>
    public void DemandDuration()
    {
        if (DurationProblem is { } problem)
        {
            throw new InvalidInputException(
                new Dictionary<string, string> { [nameof(Duration)] = problem },
                new Dictionary<string, IReadOnlyList<string>> { [nameof(Duration)] = [nameof(MaintenanceInput.Ends)] });
        }
    }

    private void SuggestEnd()
    {
        if (Starts.Value.Local is { Year: >= 2000 and <= 9000 } start)
            Ends.Value = (_suggestedEnd = new WallClockTime(start + (DurationText.Parse(_typedDuration) ?? UsualLength))).Value;
    }

    /// <summary>Offers these components; chosen ones that are not among them go.</summary>
    public void Offer(IReadOnlyList<PickerOption> choices)
    {
        Choices = choices;
        if (ComponentIds.IsChanged)
            ComponentIds.Value = [.. ComponentIds.Value.Where(id => Choices.Any(choice => choice.Id == id))];
    }

    /// <summary>Begins anew with what is saved.</summary>
    public void Load(MaintenanceRow row)
    {
        Title.Load(row.Title);
        Message.Load(row.Message);
        ComponentIds.Load(row.ComponentIds);
        Starts.Load(WallClockTime.Of(row.Start, Zone!));
        Ends.Load(WallClockTime.Of(row.End, Zone!));
        (_suggestedEnd, _typedDuration) = (null, null);
        RemindBefore.Load(row.RemindBefore);
        StartsAutomatically.Load(row.StartsAutomatically);
    }

    /// <summary>Takes what is saved by now, and keeps what was typed.</summary>
    public void LoadAgain(MaintenanceRow row)
    {
        Title.LoadAgain(row.Title);
        Message.LoadAgain(row.Message);
        ComponentIds.LoadAgain(row.ComponentIds);
        Starts.LoadAgain(WallClockTime.Of(row.Start, Zone!));
        Ends.LoadAgain(WallClockTime.Of(row.End, Zone!));
        RemindBefore.LoadAgain(row.RemindBefore);
        StartsAutomatically.LoadAgain(row.StartsAutomatically);
    }

    /// <summary>What to hand to the service.</summary>
    public MaintenanceInput ToInput(int? pageId, string? rule, DoNotNotifyChoice doNotNotify, bool allFollowing) => new(
        pageId, Title.Value, Message.Value, ComponentIds.Value, Starts.Value.Local, Ends.Value.Local,
        Starts.Value.Ambiguous, Ends.Value.Ambiguous, rule, doNotNotify.IsOn, doNotNotify.EveryWindow, allFollowing,
        RemindBefore.Value, StartsAutomatically.Value);

    /// <summary>The order in which components were ticked says nothing.</summary>
    private sealed class SameSet : IEqualityComparer<IReadOnlyCollection<int>>
    {
        public bool Equals(IReadOnlyCollection<int>? x, IReadOnlyCollection<int>? y) => x is not null && y is not null && x.ToHashSet().SetEquals(y);

        public int GetHashCode(IReadOnlyCollection<int> obj) => obj.Count;
    }
}
