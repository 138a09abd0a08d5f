using System.Text.Json;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Components.Shared;

/// <summary>
/// Bodies, headers, signatures: monospace, wrapping, scrolling when long, with a copy button that copies the exact text.
/// JSON is shown indented, with a switch to the exact text.
/// </summary>
public sealed partial class CodeBlock
{
    // Indenting is for people; beyond this it only costs time, and stored bodies are bounded anyway.
    private const int LongestPretty = 256 * 1024;
    private string? _pretty;
    private string? _prettyOf;
    private bool _raw;

    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    /// <summary>What it is; the accessible name.</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>The text may be JSON; if it really is, it is shown indented.</summary>
    [Parameter]
    public bool Json { get; set; }

    /// <summary>A CSS length.</summary>
    [Parameter]
    public string MaxHeight { get; set; } = "420px";

    [Parameter]
    public string EmptyText { get; set; } = "Empty";

    /// <inheritdoc />
    protected override void OnParametersSet()
    {
        var source = Json && Text.Length is > 0 and <= LongestPretty ? Text : null;
        if (source == _prettyOf)
            return;
        _prettyOf = source;
        _pretty = source is null ? null : Prettify(source);
    }

    private static string? Prettify(string text)
    {
        try
        {
            using var valid = JsonDocument.Parse(text);
            return JsonLayout.Indent(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
