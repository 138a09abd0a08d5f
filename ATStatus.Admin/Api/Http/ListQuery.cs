using System.ComponentModel;
using System.Globalization;
using System.Text.Json.Serialization;
using ATStatus.Core.Problems;
using Microsoft.AspNetCore.Mvc;

namespace ATStatus.Admin.Api.Http;

/// <summary>Which stretch of a list is asked for.</summary>
internal sealed record ListQuery
{
    private const int Usual = 50;
    private const int Most = 200;

    [FromQuery(Name = "limit"), Description("How many objects, 50 unless said, at most 200.")]
    public int? Limit { get; init; }

    [FromQuery(Name = "after"), Description("Where to go on: `next` of the answer before.")]
    public string? After { get; init; }

    /// <summary>How many.</summary>
    [JsonIgnore]
    public int Size => Math.Min(Limit ?? Usual, Most);

    /// <summary>Only objects with a smaller number than this; null for the newest.</summary>
    [JsonIgnore]
    public long? Before => After is { Length: > 0 } text ? long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : null;

    /// <summary>Throws where it asks for nothing that there is.</summary>
    /// <exception cref="InvalidInputException">By parameter.</exception>
    public void ThrowIfInvalid()
    {
        var errors = new Dictionary<string, string>();
        if (Limit < 1)
            errors["limit"] = "It takes a number from 1 to 200.";
        if (After is { Length: > 0 } after && !long.TryParse(after, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            errors["after"] = "It takes what an answer before gave as next.";
        if (errors.Count > 0)
            throw new InvalidInputException(errors);
    }
}

/// <summary>A stretch of a list, the newest first.</summary>
/// <param name="Data">The objects.</param>
/// <param name="Next">What <c>?after=</c> takes to go on; absent at the list's end.</param>
public sealed record ListAnswer<T>(IReadOnlyList<T> Data, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Next = null);

/// <summary>Makes answers of lists.</summary>
internal static class Lists
{
    /// <summary>The stretch that is asked for, of all that there are.</summary>
    public static ListAnswer<TAnswer> Stretch<T, TAnswer>(this ListQuery query, IEnumerable<T> all, Func<T, long> idOf, Func<T, TAnswer> toAnswer)
    {
        query.ThrowIfInvalid();
        var before = query.Before;
        return query.Found([.. all.Where(item => before is null || idOf(item) < before).OrderByDescending(idOf).Take(query.Size + 1)], idOf, toAnswer);
    }

    /// <summary>The stretch that was found: one more than is asked for tells that there are more.</summary>
    public static ListAnswer<TAnswer> Found<T, TAnswer>(this ListQuery query, IReadOnlyList<T> found, Func<T, long> idOf, Func<T, TAnswer> toAnswer)
    {
        var shown = found.Take(query.Size).ToList();
        return new ListAnswer<TAnswer>(
            [.. shown.Select(toAnswer)], found.Count > query.Size ? idOf(shown[^1]).ToString(CultureInfo.InvariantCulture) : null);
    }
}
