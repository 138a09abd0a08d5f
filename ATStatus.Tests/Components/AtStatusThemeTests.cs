using ATStatus.Admin.Components.Theme;
using MudBlazor;
using MudBlazor.Utilities;

namespace ATStatus.Tests.Components;

public sealed class AtStatusThemeTests
{
    private const double Aa = 4.5;

    public static TheoryData<string, string, string> Pairs()
    {
        var pairs = new TheoryData<string, string, string>();
        foreach (var (name, palette) in new (string, Palette)[] { ("light", AtStatusTheme.Light.PaletteLight), ("dark", AtStatusTheme.Dark.PaletteDark) })
        {
            foreach (var ground in new[] { palette.Background, palette.BackgroundGray, palette.Surface })
            {
                foreach (var text in new[] { palette.TextPrimary, palette.TextSecondary, palette.Primary, palette.Error })
                    pairs.Add(name, Hex(text), Hex(ground));
            }
            pairs.Add(name + " primary button", Hex(palette.PrimaryContrastText), Hex(palette.Primary));
            pairs.Add(name + " danger button", Hex(palette.ErrorContrastText), Hex(palette.Error));
            pairs.Add(name + " success toast", Hex(palette.SuccessContrastText), Hex(palette.Success));
            pairs.Add(name + " warning toast", Hex(palette.WarningContrastText), Hex(palette.Warning));
            pairs.Add(name + " info toast", Hex(palette.InfoContrastText), Hex(palette.Info));
            pairs.Add(name + " navigation", Hex(palette.DrawerText), Hex(palette.DrawerBackground));
        }
        foreach (var (tone, pair) in AtStatusTheme.Tones)
        {
            pairs.Add("light " + tone, pair.Light.Text, pair.Light.Ground);
            pairs.Add("dark " + tone, pair.Dark.Text, pair.Dark.Ground);
        }
        return pairs;

        static string Hex(MudColor color) => color.ToString(MudColorOutputFormats.Hex);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Text_is_readable_on_its_ground(string where, string text, string ground)
    {
        var ratio = Contrast(new MudColor(text), new MudColor(ground));
        Assert.True(ratio >= Aa, $"{where}: {text} on {ground} is {ratio:0.00} : 1");
    }

    // WCAG 2.2, "contrast ratio" and "relative luminance".
    private static double Contrast(MudColor a, MudColor b)
    {
        var (light, dark) = (Math.Max(Luminance(a), Luminance(b)), Math.Min(Luminance(a), Luminance(b)));
        return (light + 0.05) / (dark + 0.05);
    }

    private static double Luminance(MudColor color) =>
        0.2126 * Linear(color.R) + 0.7152 * Linear(color.G) + 0.0722 * Linear(color.B);

    private static double Linear(byte channel)
    {
        var value = channel / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
    }
}
