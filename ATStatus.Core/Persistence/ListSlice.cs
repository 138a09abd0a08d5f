using ATStatus.Core.Events;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Persistence;

/// <summary>A part of a list.</summary>
/// <param name="Rows">The rows, in the list's order.</param>
/// <param name="Found">How many match.</param>
/// <param name="Total">How many there are, whether they match or not.</param>
public sealed record ListSlice<T>(IReadOnlyList<T> Rows, int Found, int Total);

/// <summary>A row as a list is searched: its number and the text that it is found by.</summary>
internal sealed record TitledRow(int Id, string Title);

/// <summary>Takes a part of a list in the database.</summary>
internal static class ListSlices
{
    /// <summary>
    /// The numbers of a part of a list, and how many match. Without a text the database does all of it. With one it sends numbers and titles,
    /// because neither database compares letters of every language whatever their case; nothing but numbers is kept of them.
    /// </summary>
    /// <param name="rows">The rows in the list's order.</param>
    /// <param name="words">What they are searched for.</param>
    /// <param name="offset">How many stand before the part.</param>
    /// <param name="size">How many it has at most.</param>
    public static async Task<(IReadOnlyList<int> Ids, int Found)> TakeAsync(
        IQueryable<TitledRow> rows, FoldedWords words, int offset, int size, CancellationToken cancellationToken)
    {
        if (words.IsEmpty)
            return (await rows.Select(row => row.Id).Skip(offset).Take(size).ToListAsync(cancellationToken), await rows.CountAsync(cancellationToken));
        var (ids, found) = (new List<int>(), 0);
        await foreach (var row in rows.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (!words.Find(row.Title))
                continue;
            if (found >= offset && ids.Count < size)
                ids.Add(row.Id);
            found++;
        }
        return (ids, found);
    }

    /// <summary>Rows in the order of their numbers in a list.</summary>
    public static IReadOnlyList<T> InOrder<T>(IReadOnlyList<int> ids, IEnumerable<T> rows, Func<T, int> id)
    {
        var byId = rows.ToDictionary(id);
        return [.. ids.Where(byId.ContainsKey).Select(key => byId[key])];
    }
}
