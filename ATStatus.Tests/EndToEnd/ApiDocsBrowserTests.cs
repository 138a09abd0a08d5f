using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>The page that shows the API, for whoever opens it. No request may go to another host, and the page's policy forbids nothing that it needs.</summary>
public sealed class ApiDocsBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    [Theory]
    [InlineData(null)]
    [InlineData("/ops")]
    public async Task A_stranger_reads_the_API(string? pathBase)
    {
        await StartAsync(new ConsoleAppOptions { Environment = "Production", Settings = pathBase is null ? [] : new() { ["Hosting:PathBase"] = pathBase } });
        await Page.GotoAsync("api/docs");
        await Expect(Page.GetByRole(AriaRole.Heading, new() { Name = "ATStatus API" })).ToBeVisibleAsync();
        await Expect(Page.GetByRole(AriaRole.Heading, new() { Name = "Make a status page" })).ToBeVisibleAsync();
    }
}
