using System.Globalization;

namespace ATStatus.Admin.Features.Lists;

/// <summary>Which part of a list is shown.</summary>
/// <param name="Offset">How many rows stand before it.</param>
/// <param name="Size">How many it has at most.</param>
/// <param name="Total">How many there are.</param>
internal readonly record struct ListPart(int Offset, int Size, int Total)
{
    /// <summary>How many rows stand before its end.</summary>
    public int End => Math.Min(Offset + Size, Total);

    /// <summary>"41–80 of 240".</summary>
    public string RangeText => Total <= Offset ? $"0 of {Number(Total)}" : $"{Number(Offset + 1)}–{Number(End)} of {Number(Total)}";

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
