using ATStatus.Core.Incidents;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>
/// A text field that a template or a default text fills in. While nobody has typed in it, it follows what its variables stand for; those that
/// are known only later are replaced at the save. What somebody typed is sent as it is.
/// </summary>
public sealed class FilledText
{
    private string? _source;
    private string? _filled;

    /// <summary>What the field shows.</summary>
    public string? Value
    {
        get;
        set
        {
            field = value;
            if (string.IsNullOrWhiteSpace(value))
                (_source, _filled) = (null, null);
        }
    } = "";

    /// <summary>The field still shows what it was filled with.</summary>
    public bool IsFilled => _source is not null && Value == _filled;

    /// <summary>Somebody typed in it.</summary>
    public bool IsTyped => !string.IsNullOrWhiteSpace(Value) && !IsFilled;

    /// <summary>What a save hands over: untouched, the text with all of its variables.</summary>
    public string? ToSave => IsFilled ? _source : Value;

    /// <summary>Whether the save replaces variables: only those of the text that the field was filled with count.</summary>
    public bool Renders => IsFilled || (_source is not null && TextVariables.IsIn(_filled));

    /// <summary>What stands beside the field while it shows variables that the save replaces.</summary>
    public string? Help => Renders && TextVariables.IsIn(Value) ? "Variables in double braces are replaced when you save." : null;

    /// <summary>Puts a text in, in the place of what is there.</summary>
    /// <param name="source">The text with its variables.</param>
    /// <param name="variables">What they stand for; null while that is not known.</param>
    public void Fill(string source, TextVariables? variables)
    {
        var filled = variables?.Render(source) ?? source;
        Value = filled;
        (_source, _filled) = (source, filled);
    }

    /// <summary>The variables stand for something else now.</summary>
    public void Follow(TextVariables? variables)
    {
        if (IsFilled)
            Fill(_source!, variables);
    }

    /// <summary>Empties the field.</summary>
    public void Clear() => Value = "";
}
