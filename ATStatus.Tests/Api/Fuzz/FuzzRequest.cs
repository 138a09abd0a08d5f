using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ATStatus.Tests.Api.Fuzz;

/// <summary>How a body's bytes are spoilt on their way.</summary>
internal enum Spoiling
{
    None,
    ByteOrderMark,
    BrokenUtf8,
    Truncated,
    Utf16,
}

/// <summary>Which key a request shows.</summary>
internal enum ShownKey
{
    Everything,
    ReadOnly,
    Unknown,
    None,
}

/// <summary>
/// A request as it was generated, before there are objects: <c>«incidents:3»</c> stands for the number of an incident of its story,
/// <c>«now:-90»</c> for the moment ninety minutes before it is sent.
/// </summary>
/// <param name="Operation">The operation of the document that it is one of.</param>
/// <param name="Method">The method.</param>
/// <param name="Path">The path below <c>/api/v1/</c>.</param>
/// <param name="Query">The query with its question mark, escaped; empty for none.</param>
/// <param name="Headers">Further headers.</param>
/// <param name="Body">The body; null for none.</param>
/// <param name="ContentType">Its content type; empty for none.</param>
/// <param name="Spoiling">What happens to the body's bytes.</param>
/// <param name="Key">The key.</param>
internal sealed record FuzzRequest(
    string Operation, string Method, string Path, string Query, IReadOnlyList<(string Name, string Value)> Headers, string? Body,
    string ContentType, Spoiling Spoiling, ShownKey Key)
{
    public bool IsRead => Method == "GET";

    /// <summary>The request with the numbers of objects and moments that there are.</summary>
    public FuzzRequest With(ObjectPool pool) =>
        this with { Path = pool.Fill(Path), Query = pool.Fill(Query), Body = Body is null ? null : pool.Fill(Body) };

    /// <summary>The bytes of the body.</summary>
    public byte[] Bytes()
    {
        var bytes = Encoding.UTF8.GetBytes(Body!);
        return Spoiling switch
        {
            Spoiling.ByteOrderMark => [.. Encoding.UTF8.Preamble, .. bytes],
            Spoiling.BrokenUtf8 => [.. bytes[..(bytes.Length / 2)], 0xC3, 0xFF, .. bytes[(bytes.Length / 2)..]],
            Spoiling.Truncated => bytes[..(bytes.Length / 2)],
            Spoiling.Utf16 => Encoding.Unicode.GetBytes(Body!),
            _ => bytes,
        };
    }

    public override string ToString() =>
        $"{Method} {Path}{Query} ({Operation}, key {Key}){string.Concat(Headers.Select(h => $" {h.Name}: {Cut(h.Value)}"))}"
        + (Body is null ? "" : $" [{ContentType}{(Spoiling == Spoiling.None ? "" : $", {Spoiling}")}] {Cut(Body)}");

    private static string Cut(string text) => text.Length <= 600 ? text : $"{text[..600]}… ({text.Length} characters)";
}

/// <summary>The numbers of the objects that a story has made or seen, by the resource's path.</summary>
internal sealed partial class ObjectPool
{
    private readonly Dictionary<string, List<string>> _ids = [];

    public void Add(string resource, string id)
    {
        if (!_ids.TryGetValue(resource, out var ids))
            _ids[resource] = ids = [];
        if (!ids.Contains(id))
            ids.Add(id);
    }

    public void Remove(string resource, string id) => _ids.GetValueOrDefault(resource)?.Remove(id);

    public IReadOnlyList<string> Of(string resource) => _ids.TryGetValue(resource, out var ids) ? [.. ids] : [];

    /// <summary>Puts numbers and moments where they stand for something; where there is no such object, a number that none has.</summary>
    public string Fill(string text) => Reference().Replace(text, match =>
    {
        var number = int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
        if (match.Groups[1].Value == "now")
            return DateTime.UtcNow.AddMinutes(number).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return _ids.GetValueOrDefault(match.Groups[1].Value) is { Count: > 0 } ids ? ids[number % ids.Count] : "987654321";
    });

    [GeneratedRegex("«([a-z-]+):(-?[0-9]+)»")]
    private static partial Regex Reference();
}
