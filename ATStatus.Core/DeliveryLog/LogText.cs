using System.Globalization;
using System.Linq.Expressions;
using System.Text;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.DeliveryLog;

/// <summary>A text to search the log for, and what it may be: part of a title, the beginning of a request id, or a delivery's number.</summary>
/// <param name="Title">The part of a title; null where a number is meant.</param>
/// <param name="RequestId">The beginning of a request id as the database writes it; null where it cannot be one.</param>
/// <param name="Number">A delivery's number; null where none is meant.</param>
internal sealed record LogText(string? Title, string? RequestId, long? Number)
{
    /// <summary>Fewer digits than these would find half of the log.</summary>
    private const int FewestDigits = 4;

    private const string Format = "00000000-0000-0000-0000-000000000000";

    /// <summary>Reads it; null where there is nothing to search for.</summary>
    public static LogText? Parse(string? text)
    {
        text = text?.Trim();
        if (string.IsNullOrEmpty(text))
            return null;
        return text[0] == '#' && long.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new LogText(null, null, number)
            : new LogText(text, RequestIdOf(text), null);
    }

    /// <summary>The part of a title as titles are searched.</summary>
    public string Folded { get; } = Title is null ? "" : FoldedText.Of(Title);

    /// <summary>
    /// A pattern for LIKE with <c>\</c> as its escape, the same for both providers, for titles that are not folded yet: the database ignores
    /// what case it can.
    /// </summary>
    public string TitlePattern()
    {
        var pattern = new StringBuilder("%");
        foreach (var c in Title!)
        {
            if (c is '%' or '_' or '[' or '\\')
                pattern.Append('\\');
            pattern.Append(c);
        }
        return pattern.Append('%').ToString();
    }

    /// <summary>Those whose request id begins so: a range of the index, where that has them in the order of their digits.</summary>
    public Expression<Func<Delivery, bool>> HasRequestId(SqlDialect dialect)
    {
        var begins = RequestId + "%";
        if (!dialect.HasIdsAsText)
            return d => EF.Functions.Like(d.RequestId.ToString(), begins);
        var (first, last) = (Guid.Parse(RequestId + Format[RequestId!.Length..]), Guid.Parse(RequestId + Format.Replace('0', 'F')[RequestId.Length..]));
        return d => d.RequestId >= first && d.RequestId <= last;
    }

    private static string? RequestIdOf(string text)
    {
        var digits = text.Replace("-", "", StringComparison.Ordinal);
        if (digits.Length is < FewestDigits or > 32 || !digits.All(char.IsAsciiHexDigit))
            return null;
        var written = new StringBuilder();
        foreach (var digit in digits.ToUpperInvariant())
        {
            if (Format[written.Length] == '-')
                written.Append('-');
            written.Append(digit);
        }
        // Dashes may be left out, all of them; in other places it is not a request id.
        var id = written.ToString();
        return digits.Length == text.Length || string.Equals(id, text.TrimEnd('-'), StringComparison.OrdinalIgnoreCase) ? id : null;
    }
}
