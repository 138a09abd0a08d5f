using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Components.Shared.Fields;

/// <summary>What is typed: decides keyboard and type of the input, never validation (that is the service's).</summary>
public enum TextKind
{
    Text,
    Url,
    Email,
    Password,
    Number,
    Search,
}

/// <summary>One line of text, or several with <see cref="Lines"/>.</summary>
public sealed partial class TextInput
{
    private const int DefaultLineLength = 2048;
    private const int DefaultTextLength = 10_000;

    [Parameter]
    public TextKind Kind { get; set; }

    /// <summary>More than one makes it a text area of that height.</summary>
    [Parameter]
    public int Lines { get; set; } = 1;

    [Parameter]
    public string? Placeholder { get; set; }

    /// <summary>
    /// The most characters that are taken. Longer text stays in the field, which says so; the service refuses it. Not the attribute
    /// <c>maxlength</c>: with it the browser cuts what is pasted without a word.
    /// </summary>
    [Parameter]
    public int? MaxLength { get; set; }

    [Parameter]
    public bool ReadOnly { get; set; }

    /// <summary>Monospace: URLs, secrets, slugs.</summary>
    [Parameter]
    public bool Mono { get; set; }

    /// <summary>The autocomplete token; off unless said, because a console's fields are not the operator's own data.</summary>
    [Parameter]
    public string? Autocomplete { get; set; }

    /// <summary>Buttons at the end of the line: Generate, Show.</summary>
    [Parameter]
    public RenderFragment? Trailing { get; set; }

    // Not type=url or type=email: the browser's own bubbles would stand in for the service's messages.
    private string InputType => Kind switch
    {
        TextKind.Password => "password",
        TextKind.Search => "search",
        _ => "text",
    };

    private string? InputMode => Kind switch
    {
        TextKind.Url => "url",
        TextKind.Email => "email",
        TextKind.Number => "numeric",
        _ => null,
    };

    // Each text has a limit; where the page names none, one that no service goes beyond.
    private string Limit => (MaxLength ?? (Lines > 1 ? DefaultTextLength : DefaultLineLength)).ToString(CultureInfo.InvariantCulture);

    private string? Spellcheck => Mono || Kind is not TextKind.Text ? "false" : null;

    private string Css => Mono ? "input mono" : "input";
}
