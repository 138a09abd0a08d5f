using System.Globalization;
using ATStatus.Core.Problems;

namespace ATStatus.Admin.Api.Bodies;

/// <summary>Reads the texts of a body that stand for something: words and times. Gathers what is wrong, by the body's own names.</summary>
internal sealed class FieldCheck
{
    private readonly Dictionary<string, string> _errors = new(StringComparer.Ordinal);

    /// <summary>Finds the value with a wire name.</summary>
    public delegate bool Find<T>(string? wireName, out T value);

    public void Require(bool ok, string field, string message)
    {
        if (!ok)
            _errors.TryAdd(field, message);
    }

    /// <summary>The value of a word; <paramref name="absent"/> where there is none.</summary>
    public T Word<T>(string? text, string field, Find<T> find, IEnumerable<string> all, T absent)
        where T : struct => Word(text, field, find, all) ?? absent;

    /// <summary>The value of a word; null where there is none.</summary>
    public T? Word<T>(string? text, string field, Find<T> find, IEnumerable<string> all)
        where T : struct
    {
        if (text is null)
            return null;
        if (find(text, out var value))
            return value;
        Require(false, field, $"It takes one of these: {string.Join(", ", all)}.");
        return null;
    }

    /// <summary>The instant (UTC) of a time with an offset (RFC 3339); null where there is none.</summary>
    public DateTime? Time(string? text, string field)
    {
        if (text is null)
            return null;
        if (Times.TryParse(text, out var utc))
            return utc;
        Require(false, field, "It takes a time with an offset, like 2026-01-14T12:00:00Z or 2026-01-14T13:00:00+01:00.");
        return null;
    }

    /// <summary>Throws when anything was wrong.</summary>
    /// <exception cref="InvalidInputException">By the names of the body's fields.</exception>
    public void ThrowIfInvalid()
    {
        if (_errors.Count > 0)
            throw new InvalidInputException(_errors);
    }
}

/// <summary>How the API writes and reads instants.</summary>
internal static class Times
{
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd't'HH:mm:ssK"];

    /// <summary>UTC, whole seconds.</summary>
    public static string Text(DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>UTC, whole seconds; null for none.</summary>
    public static string? Text(DateTime? utc) => utc is { } at ? Text(at) : null;

    /// <summary>A time as RFC 3339 writes it, with an offset.</summary>
    public static bool TryParse(string text, out DateTime utc)
    {
        utc = default;
        var upper = text.ToUpperInvariant();
        var hasOffset = upper.EndsWith('Z') || (upper.Length > 6 && upper[^6] is '+' or '-' && upper[^3] == ':');
        if (!hasOffset || !DateTimeOffset.TryParseExact(upper, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            return false;
        utc = at.UtcDateTime;
        return true;
    }
}
