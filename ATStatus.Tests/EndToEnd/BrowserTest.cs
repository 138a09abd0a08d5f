using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>
/// A test in front of the console, in a real browser over a real host. Things are found by the names that people see and hear
/// (contract section 3). At the end no page may have reported an error or asked another host; a failure leaves a picture of each tab
/// and a trace in <c>artifacts/failures</c>.
/// </summary>
public abstract class BrowserTest(TestBrowser browser) : IAsyncLifetime
{
    private BrowserWindow? _window;

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected ConsoleApp App { get; private set; } = null!;

    protected BrowserWindow Window => _window!;

    protected IPage Page => Window.Page;

    /// <summary>Where the window finds the console.</summary>
    protected virtual Uri WindowAddress => App.Address;

    public ValueTask InitializeAsync()
    {
        TestRequirement.Browser.Demand();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        IReadOnlyCollection<string> problems = [];
        if (_window is not null)
        {
            problems = Window.Problems;
            var failed = TestContext.Current.TestState?.Result == TestResult.Failed || problems.Count > 0;
            await using (Window)
                await Window.CloseAsync(failed ? FailureFiles() : null);
        }
        if (App is not null)
            await App.DisposeAsync();
        Assert.Empty(problems);
    }

    /// <summary>Starts a console and opens a window in front of it.</summary>
    protected async Task StartAsync(ConsoleAppOptions? options = null)
    {
        App = await ConsoleApp.StartAsync(options);
        _window = await browser.OpenAsync(WindowAddress);
    }

    /// <summary>Starts a console and signs in as its administrator.</summary>
    protected async Task StartSignedInAsync(ConsoleAppOptions? options = null)
    {
        await StartAsync(options);
        await Page.GotoAsync("login");
        await SignInAsync();
        await Expect(Page).ToHaveURLAsync(new Uri(WindowAddress, "admin").AbsoluteUri);
    }

    /// <summary>Fills in the sign-in page that is shown.</summary>
    protected async Task SignInAsync()
    {
        await Page.Field("Email").FillAsync(ConsoleApp.AdminEmail);
        await Page.Field("Password").FillAsync(ConsoleApp.AdminPassword);
        await Page.Button("Sign in").ClickAsync();
    }

    /// <summary>Follows a link of the navigation and waits for the page.</summary>
    protected async Task GoToAsync(string place)
    {
        await Page.GetByRole(AriaRole.Navigation, new() { Name = "Main" }).GetByRole(AriaRole.Link, new() { Name = place, Exact = true }).ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Heading, new() { Name = place, Exact = true, Level = 1 })).ToBeVisibleAsync();
    }

    protected T Get<T>()
        where T : notnull => App.Services.GetRequiredService<T>();

    /// <summary>Adds a notification for everything, behind the pages' back. Its secret is "s3cret".</summary>
    protected Task<int> SubscribeAsync(string url, string name = "My endpoint") => Get<NotificationService>().CreateAsync(
        new NotificationInput("webhook", name, new(url, "s3cret"), new([.. EventTypes.All])), Stop);

    /// <summary>Creates an incident behind the pages' back.</summary>
    protected async Task<int> ReportAsync(string title) => await Get<IncidentService>().CreateAsync(
        new IncidentInput(
            (await Get<StatusPageQueries>().PagesAsync(cancellationToken: Stop))[0].Id, title, IncidentSeverity.Major, IncidentStatus.Investigating, "We look into it.", []),
        new Actor("op"), cancellationToken: Stop);

    /// <summary>Tabs to a control and presses Enter.</summary>
    protected async Task ReachAsync(ILocator control)
    {
        await TabToAsync(control);
        await Page.Keyboard.PressAsync("Enter");
    }

    /// <summary>Tabs on until the control has the focus, which must come within a page's worth of stops.</summary>
    protected async Task TabToAsync(ILocator control)
    {
        await Expect(control).ToBeVisibleAsync();
        for (var stops = 0; stops < 60; stops++)
        {
            if (await control.EvaluateAsync<bool>("control => control === document.activeElement"))
                return;
            await Page.Keyboard.PressAsync("Tab");
        }
        Assert.Fail($"Tab does not lead to {control}.");
    }

    protected static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    protected static IPageAssertions Expect(IPage page) => Assertions.Expect(page);

    private static string FailureFiles()
    {
        var name = TestContext.Current.Test?.TestDisplayName ?? "unknown";
        return RepositoryFolder.Artifact("failures", string.Concat(name.Select(c => char.IsLetterOrDigit(c) ? c : '_')));
    }
}
