using System.Globalization;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>
/// Looks at pages as they stand, on a desk, on a phone and on a wall, in light and dark: nothing may be wider than the screen or grow without
/// end, and axe may find nothing serious. The pictures are left in <c>artifacts/screens</c> for people to look at: wide and light, narrow and
/// dark. The other two as well where <see cref="AllThemes"/> is set: a theme's colours are the same on a desk and on a phone.
/// </summary>
internal sealed class PageExamination(IPage page)
{
    /// <summary>Set it to 1 for every size in every theme.</summary>
    private const string AllThemes = "ATSTATUS_TEST_ALL_THEMES";

    /// <summary>The width up to which content may grow: beyond, lines are too long to be read and what belongs together stands apart.</summary>
    private const int WidestContent = 1680;

    private static readonly bool EveryTheme = Environment.GetEnvironmentVariable(AllThemes) == "1";

    // The first theme of a size is the one that is always looked at, and by axe with all its rules.
    private static readonly (int Width, int Height, ColorScheme[] Themes)[] Sizes =
        [(1280, 800, [ColorScheme.Light, ColorScheme.Dark]), (390, 844, [ColorScheme.Dark, ColorScheme.Light])];

    private readonly List<string> _findings = [];
    private readonly HashSet<string> _paths = [];
    private ICDPSession? _emulation;

    /// <summary>Asserts that nothing was wrong, and says everything that was.</summary>
    public void AssertNothingFound() => Assert.True(_findings.Count == 0, string.Join('\n', _findings));

    /// <summary>The paths that were looked at.</summary>
    public IReadOnlyCollection<string> Paths => _paths;

    /// <summary>Looks at the page that is shown, and leaves the window as it was.</summary>
    /// <param name="name">What the pictures are called.</param>
    public async Task ExamineAsync(string name)
    {
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 }).First).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("Loading…")).ToHaveCountAsync(0);
        _paths.Add(new Uri(page.Url).AbsolutePath);
        foreach (var (width, height, themes) in Sizes)
        {
            // On a phone it is a finger that points, and what is pressed is larger for it.
            await PointWithFingerAsync(width < 600);
            await page.SetViewportSizeAsync(width, height);
            // A window as tall as its page, instead of a picture of all of it: what sticks to the window would end halfway down.
            var tall = await page.EvaluateAsync<int>("() => document.documentElement.scrollHeight");
            await page.SetViewportSizeAsync(width, Math.Max(height, tall));
            await ExamineAsync(name, width, themes);
        }
        await PointWithFingerAsync(false);
        await page.SetViewportSizeAsync(3840, 2160);
        await MeasureAsync(name, 3840);
        await page.SetViewportSizeAsync(Sizes[0].Width, Sizes[0].Height);
        await UseThemeAsync(ColorScheme.Light);
    }

    /// <summary>Looks at what only a phone shows, as it stands; the window is left narrow.</summary>
    public async Task ExamineOnPhoneAsync(string name)
    {
        var (width, height, themes) = Sizes[1];
        await page.SetViewportSizeAsync(width, height);
        await ExamineAsync(name, width, themes, whole: false);
    }

    /// <summary>A picture of the page on a screen of 4K.</summary>
    public async Task ShootOnWallAsync(string name)
    {
        await page.SetViewportSizeAsync(3840, 2160);
        await ShootAsync(name, 3840, ColorScheme.Light);
        await page.SetViewportSizeAsync(Sizes[0].Width, Sizes[0].Height);
    }

    private async Task ExamineAsync(string name, int width, ColorScheme[] themes, bool whole = true)
    {
        foreach (var theme in EveryTheme ? themes : themes[..1])
        {
            await UseThemeAsync(theme);
            await ShootAsync(name, width, theme, whole);
            foreach (var finding in await AxeScan.FindingsAsync(page, colours: theme != themes[0]))
                _findings.Add($"{name} at {width}, {theme}: {finding}");
        }
        await MeasureAsync(name, width);
    }

    private async Task MeasureAsync(string name, int width)
    {
        var excess = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
        if (excess > 0)
            _findings.Add($"{name} at {width}: {excess} px too wide");
        var widest = await page.EvaluateAsync<int>("() => Math.max(0, ...[...document.querySelectorAll('main > *')].map(part => Math.round(part.getBoundingClientRect().width)))");
        if (widest > WidestContent)
            _findings.Add($"{name} at {width}: content of {widest} px");
    }

    private async Task ShootAsync(string name, int width, ColorScheme theme, bool whole = true) => await page.ScreenshotAsync(new()
    {
        Path = RepositoryFolder.Artifact("screens", string.Create(CultureInfo.InvariantCulture, $"{name}-{width}-{theme.ToString().ToLowerInvariant()}.png")),
        FullPage = whole,
        Animations = ScreenshotAnimations.Disabled,
    });

    private async Task UseThemeAsync(ColorScheme theme)
    {
        await page.EmulateMediaAsync(new() { ColorScheme = theme, ReducedMotion = ReducedMotion.Reduce });
        // The page hears of it an event later.
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("data-theme", theme.ToString().ToLowerInvariant());
    }

    private async Task PointWithFingerAsync(bool finger)
    {
        // Kept open: what a session emulates ends with it.
        _emulation ??= await page.Context.NewCDPSessionAsync(page);
        await _emulation.SendAsync("Emulation.setTouchEmulationEnabled", new Dictionary<string, object> { ["enabled"] = finger });
        await page.WaitForFunctionAsync("finger => matchMedia('(pointer: coarse)').matches === finger", finger);
    }
}
