namespace ATStatus.Core.Events;

/// <summary>What a person types to find something by: words, each of which must stand in one of its texts, whatever its case.</summary>
/// <param name="text">What was typed; null or blank finds everything.</param>
public sealed class FoldedWords(string? text)
{
    private readonly string[] _words = FoldedText.Of(text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Nothing is looked for.</summary>
    public bool IsEmpty => _words.Length == 0;

    /// <summary>Whether they find something that has these texts.</summary>
    public bool Find(params IEnumerable<string?> texts)
    {
        if (IsEmpty)
            return true;
        var folded = texts.OfType<string>().Select(FoldedText.Of).ToList();
        return _words.All(word => folded.Exists(other => other.Contains(word, StringComparison.Ordinal)));
    }
}
