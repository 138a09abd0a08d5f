using System.Globalization;

namespace ATStatus.Admin.Features.Lists;

/// <summary>Which part of a list is shown.</summary>
/// <param name="Offset">How many rows stand before it.</param>
/// <param name="Size">How many it has at most.</param>
/// <param name="Total">How many there are.</param>
internal readonly record struct ListPart(int Offset, int Size, int Total)
{
    /// <summary>Rows of a list that is held whole.</summary>
    public const int UsualSize = 40;

    /// <summary>A list that is held whole can be searched once it is longer than this.</summary>
    public const int LongFrom = 10;

    /// <summary>How many rows stand before its end.</summary>
    public int End => Math.Min(Offset + Size, Total);

    /// <summary>The part of two lists that follow each other.</summary>
    public static (IReadOnlyList<TFirst> First, IReadOnlyList<TSecond> Second) Take<TFirst, TSecond>(
        IReadOnlyCollection<TFirst> first, IReadOnlyCollection<TSecond> second, int offset, int size = UsualSize)
    {
        IReadOnlyList<TFirst> begin = [.. first.Skip(offset).Take(size)];
        return (begin, [.. second.Skip(Math.Max(0, offset - first.Count)).Take(size - begin.Count)]);
    }

    /// <summary>"41–80 of 240".</summary>
    public string RangeText => Total <= Offset ? $"0 of {Number(Total)}" : $"{Number(Offset + 1)}–{Number(End)} of {Number(Total)}";

    /// <summary>"Page 2 of 6".</summary>
    public string NumberText => $"Page {Number((Offset / Size) + 1)} of {Number((Total + Size - 1) / Size)}";

    /// <summary>"12 of 60 notifications" where filters leave some out, "60 notifications" otherwise.</summary>
    /// <param name="found">How many match.</param>
    /// <param name="all">How many there are.</param>
    /// <param name="one">What one of them is called; an s is added for several.</param>
    public static string FoundText(int found, int all, string one)
    {
        var noun = all == 1 ? one : one + "s";
        return found == all ? $"{Number(all)} {noun}" : $"{Number(found)} of {Number(all)} {noun}";
    }

    /// <summary>A number as people read it.</summary>
    public static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
