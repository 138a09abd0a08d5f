using System.Diagnostics.CodeAnalysis;

namespace ATStatus.Admin.Features;

/// <summary>A time in a field that takes minutes, with the instant that is saved, to the second, while nobody has typed another.</summary>
/// <param name="Typed">What the field shows.</param>
/// <param name="Saved">What it was read from (UTC); null for what was typed, and where nothing is saved.</param>
public readonly record struct EditedTime(WallClockTime Typed, DateTime? Saved)
{
    /// <summary>Two times are the same when the field shows the same.</summary>
    public static IEqualityComparer<EditedTime> ByText { get; } = new TextComparer();

    private sealed class TextComparer : IEqualityComparer<EditedTime>
    {
        public bool Equals(EditedTime x, EditedTime y) => Minute(x) == Minute(y);

        public int GetHashCode([DisallowNull] EditedTime obj) => Minute(obj).GetHashCode();

        private static WallClockTime Minute(EditedTime time) => time.Typed.Local is { } local
            ? time.Typed with { Local = local.AddTicks(-(local.Ticks % TimeSpan.TicksPerMinute)) }
            : time.Typed;
    }
}
