namespace ATStatus.Admin.Components.Shared;

/// <summary>What a colour says. Never the only thing that says it: a tone always comes with an icon and a word.</summary>
public enum Tone
{
    Neutral,
    Info,
    Success,
    Warning,
    Danger,
    Maintenance,
}

/// <summary>A tone's place in the style sheets.</summary>
public static class ToneNames
{
    /// <summary>The tone as CSS classes and variables spell it, for example <c>success</c> in <c>--tone-success-text</c>.</summary>
    public static string CssName(this Tone tone) => tone switch
    {
        Tone.Info => "info",
        Tone.Success => "success",
        Tone.Warning => "warning",
        Tone.Danger => "danger",
        Tone.Maintenance => "maintenance",
        _ => "neutral",
    };
}
