using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using MudBlazor;

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

    /// <summary>The focus has left the field.</summary>
    [Parameter]
    public EventCallback<FocusEventArgs> OnLeft { get; set; }

    // Not type=url or type=email: the browser's own bubbles would stand in for the service's messages.
    private InputType Type => Kind switch
    {
        TextKind.Password => InputType.Password,
        TextKind.Search => InputType.Search,
        _ => InputType.Text,
    };

    private InputMode Mode => Kind switch
    {
        TextKind.Url => InputMode.url,
        TextKind.Email => InputMode.email,
        TextKind.Number => InputMode.numeric,
        _ => InputMode.text,
    };

    // Each text has a limit; where the page names none, one that no service goes beyond.
    private int Limit => MaxLength ?? (Lines > 1 ? DefaultTextLength : DefaultLineLength);

    private Dictionary<string, object?> InputAttributes
    {
        get
        {
            var all = ControlAttributes;
            all["data-limit"] = Limit.ToString(CultureInfo.InvariantCulture);
            all["spellcheck"] = Mono || Kind is not TextKind.Text ? "false" : null;
            all.TryAdd("autocomplete", Autocomplete ?? "off");
            return all;
        }
    }
}
