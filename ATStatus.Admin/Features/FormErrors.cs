using ATStatus.Core.Problems;

namespace ATStatus.Admin.Features;

/// <summary>What a save found wrong. Each message goes when a value that it judged is another, also where that stands in another field.</summary>
public sealed class FormErrors(InvalidInputException found)
{
    private readonly Dictionary<string, string> _messages = new(found.Errors);

    /// <summary>Field to message. The same object for as long as these errors stand, so that a summary of them shortens without taking the focus.</summary>
    public IReadOnlyDictionary<string, string> Messages => _messages;

    /// <summary>Forgets what is about an edited value; answers whether there was any.</summary>
    public bool Forget(Func<string, bool> isEdited)
    {
        var over = _messages.Keys.Where(field => isEdited(field) || (found.Judged.GetValueOrDefault(field) ?? []).Any(isEdited)).ToList();
        over.ForEach(field => _messages.Remove(field));
        return over.Count > 0;
    }
}
