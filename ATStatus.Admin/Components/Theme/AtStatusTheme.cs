using System.Globalization;
using System.Text;
using ATStatus.Admin.Components.Shared;
using MudBlazor;

namespace ATStatus.Admin.Components.Theme;

/// <summary>
/// The console's look: two palettes, one typography, few shadows. Text on its ground keeps at least 4.5 : 1 (WCAG AA);
/// AtStatusThemeTests computes it for every pair used.
/// </summary>
public static class AtStatusTheme
{
    private static readonly string[] Sans = ["Inter Variable", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"];

    /// <summary>The theme's variables for the document as it is sent.</summary>
    public static MudTheme Light { get; } = Create(":root", new PaletteLight
    {
        Primary = "#3350c4",
        PrimaryContrastText = "#ffffff",
        Secondary = "#4a5568",
        Tertiary = "#5b3fa8",
        Info = "#1d4fb8",
        Success = "#17703d",
        Warning = "#8a5300",
        WarningContrastText = "#ffffff",
        Error = "#b3202a",
        TextPrimary = "#1a2230",
        TextSecondary = "#536072",
        TextDisabled = "#8a94a3",
        ActionDefault = "#536072",
        ActionDisabled = "#a5adb9",
        ActionDisabledBackground = "#e8ebef",
        Background = "#f6f7f9",
        BackgroundGray = "#f1f3f6",
        Surface = "#ffffff",
        DrawerBackground = "#ffffff",
        DrawerText = "#3a4556",
        DrawerIcon = "#536072",
        AppbarBackground = "#ffffff",
        AppbarText = "#1a2230",
        LinesDefault = "#e1e5ea",
        LinesInputs = "#b4bcc8",
        TableLines = "#e1e5ea",
        TableHover = "#f4f6f9",
        Divider = "#e1e5ea",
        Skeleton = "#e8ebef",
        HoverOpacity = 0.05,
        OverlayDark = "rgba(20,26,36,0.45)",
    }, new PaletteDark());

    /// <summary>The same variables for <c>data-theme="dark"</c>, which js/theme.js sets before the first paint.</summary>
    public static MudTheme Dark { get; } = Create(":root[data-theme=\"dark\"]", new PaletteLight(), new PaletteDark
    {
        Primary = "#93a8ff",
        PrimaryContrastText = "#0f1420",
        Secondary = "#a3adbb",
        Tertiary = "#c4b1ff",
        Info = "#9dbdff",
        InfoContrastText = "#0f1420",
        Success = "#7ee2a8",
        SuccessContrastText = "#0f1420",
        Warning = "#f2c46d",
        WarningContrastText = "#0f1420",
        Error = "#ff9a9a",
        ErrorContrastText = "#1d0f10",
        TextPrimary = "#e6e9ee",
        TextSecondary = "#a0abba",
        TextDisabled = "#697484",
        ActionDefault = "#a0abba",
        ActionDisabled = "#566070",
        ActionDisabledBackground = "#242b35",
        Background = "#0f1319",
        BackgroundGray = "#1c222b",
        Surface = "#161b22",
        DrawerBackground = "#12171d",
        DrawerText = "#c3cad4",
        DrawerIcon = "#a0abba",
        AppbarBackground = "#12171d",
        AppbarText = "#e6e9ee",
        LinesDefault = "#2a313b",
        LinesInputs = "#465060",
        TableLines = "#2a313b",
        TableHover = "#1b2129",
        Divider = "#2a313b",
        Skeleton = "#242b35",
        HoverOpacity = 0.08,
        OverlayDark = "rgba(0,0,0,0.6)",
    });

    /// <summary>The colours of pills and notices, as text, ground and line.</summary>
    public static IReadOnlyDictionary<Tone, TonePair> Tones { get; } = new Dictionary<Tone, TonePair>
    {
        [Tone.Neutral] = new(new("#475262", "#eceff3", "#d6dce4"), new("#b9c3cf", "#252c36", "#3a4350")),
        [Tone.Info] = new(new("#1d4fb8", "#e8effd", "#c6d7f8"), new("#9dbdff", "#172848", "#2b4575")),
        [Tone.Success] = new(new("#12633a", "#e4f4ea", "#bfe3cd"), new("#7ee2a8", "#12301f", "#235a3b")),
        [Tone.Warning] = new(new("#7a4b00", "#fdf1d8", "#f0d69b"), new("#f2c46d", "#352809", "#614b17")),
        [Tone.Danger] = new(new("#a11a22", "#fdeaea", "#f4c5c7"), new("#ff9c9c", "#3b1719", "#6d2c30")),
        [Tone.Maintenance] = new(new("#5b3fa8", "#f0ecfb", "#d8ccf3"), new("#c4b1ff", "#2a2148", "#493b78")),
    };

    /// <summary>A style element with the tones as <c>--tone-…-text</c>, <c>-bg</c> and <c>-line</c>, for both themes.</summary>
    public static string ToneStyles { get; } = BuildToneStyles();

    private static MudTheme Create(string scope, PaletteLight light, PaletteDark dark) => new()
    {
        PaletteLight = light,
        PaletteDark = dark,
        PseudoCss = new PseudoCss { Scope = scope },
        Shadows = new Shadow { Elevation = [.. Enumerable.Range(0, 26).Select(ShadowAt)] },
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "6px", AppbarHeight = "56px", DrawerWidthLeft = "232px" },
        Typography = new Typography
        {
            Default = new DefaultTypography { FontFamily = Sans, FontSize = "0.875rem", LineHeight = "1.5", LetterSpacing = "normal" },
            H1 = new H1Typography { FontFamily = Sans, FontSize = "1.375rem", FontWeight = "600", LineHeight = "1.3", LetterSpacing = "-0.01em" },
            H2 = new H2Typography { FontFamily = Sans, FontSize = "1.0625rem", FontWeight = "600", LineHeight = "1.3", LetterSpacing = "-0.01em" },
            H3 = new H3Typography { FontFamily = Sans, FontSize = "0.9375rem", FontWeight = "600", LineHeight = "1.3", LetterSpacing = "normal" },
            H6 = new H6Typography { FontFamily = Sans, FontSize = "1.0625rem", FontWeight = "600", LineHeight = "1.3", LetterSpacing = "-0.01em" },
            Body1 = new Body1Typography { FontFamily = Sans, FontSize = "0.875rem", LineHeight = "1.5", LetterSpacing = "normal" },
            Body2 = new Body2Typography { FontFamily = Sans, FontSize = "0.8125rem", LineHeight = "1.5", LetterSpacing = "normal" },
            Button = new ButtonTypography { FontFamily = Sans, FontSize = "0.875rem", FontWeight = "500", LineHeight = "1.2", LetterSpacing = "normal", TextTransform = "none" },
            Caption = new CaptionTypography { FontFamily = Sans, FontSize = "0.75rem", LineHeight = "1.5", LetterSpacing = "normal" },
        },
    };

    // Height is said by thin lines; only what floats above the page (menus, dialogs) throws a shadow, and a soft one.
    private static string ShadowAt(int elevation) => elevation switch
    {
        < 2 => "none",
        < 8 => "0 1px 2px rgba(10,16,26,0.10)",
        _ => "0 8px 28px rgba(10,16,26,0.18)",
    };

    private static string BuildToneStyles()
    {
        var css = new StringBuilder("<style>");
        Write(":root", pair => pair.Light);
        Write(":root[data-theme=\"dark\"]", pair => pair.Dark);
        return css.Append("</style>").ToString();

        void Write(string scope, Func<TonePair, ToneColors> side)
        {
            css.Append(scope).Append('{');
            foreach (var (tone, pair) in Tones)
            {
                var (text, ground, line) = side(pair);
                var name = tone.CssName();
                css.Append(CultureInfo.InvariantCulture, $"--tone-{name}-text:{text};--tone-{name}-bg:{ground};--tone-{name}-line:{line};");
            }
            css.Append('}');
        }
    }
}

/// <summary>One tone's colours in one theme.</summary>
public sealed record ToneColors(string Text, string Ground, string Line);

/// <summary>One tone's colours in both themes.</summary>
public sealed record TonePair(ToneColors Light, ToneColors Dark);
