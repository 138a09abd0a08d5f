using System.Globalization;
using System.Text.RegularExpressions;

namespace ATStatus.Admin.Features.Deliveries;

/// <summary>From when on deliveries are shown, as the address says it: the last while, or an instant.</summary>
/// <param name="Text">What stands in the address: <c>90m</c>, <c>24h</c>, <c>7d</c>, or an ISO 8601 instant such as <c>2026-01-14T12:00:00Z</c>.</param>
/// <param name="Span">The last while; null for an instant.</param>
/// <param name="At">The instant (UTC); null for the last while.</param>
public sealed partial record DeliverySince(string Text, TimeSpan? Span, DateTime? At)
{
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd"];

    /// <summary>Reads it; null for what makes no sense. An instant that names no offset is taken as UTC.</summary>
    public static DeliverySince? Parse(string? text)
    {
        if (text is null)
            return null;
        if (While().Match(text) is { Success: true } match)
            return new DeliverySince(text, int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * UnitOf(match.Groups[2].Value).Length, null);
        return DateTime.TryParseExact(
            text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? new DeliverySince(text, null, at)
            : null;
    }

    /// <summary>An instant to the minute, as the address says it.</summary>
    public static DeliverySince Instant(DateTime at) =>
        new(at.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture), null, at);

    /// <summary>The moment it means now (UTC). The last while moves on with the clock.</summary>
    public DateTime From(DateTime now) => At ?? now - Span!.Value;

    /// <summary>"Last 24 hours", "Since 14 Jan 2026, 13:00".</summary>
    /// <param name="absolute">How the viewer reads an instant.</param>
    public string DisplayText(Func<DateTime, string> absolute)
    {
        if (At is { } at)
            return $"Since {absolute(at)}";
        return LastWhile();
    }

    /// <summary>"Last 24 hours"; for the last while alone.</summary>
    public string LastWhile()
    {
        var (count, unit) = (Text[..^1], UnitOf(Text[^1..]).Name);
        return count == "1" ? $"Last {unit}" : $"Last {count} {unit}s";
    }

    private static (string Name, TimeSpan Length) UnitOf(string letter) => letter switch
    {
        "m" => ("minute", TimeSpan.FromMinutes(1)),
        "h" => ("hour", TimeSpan.FromHours(1)),
        _ => ("day", TimeSpan.FromDays(1)),
    };

    // Four digits of days are more than a quarter of a century, and still an instant the database knows.
    [GeneratedRegex("^([1-9][0-9]{0,3})([mhd])$", RegexOptions.CultureInvariant)]
    private static partial Regex While();
}
