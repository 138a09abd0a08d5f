using ATStatus.Tests.EndToEnd;
using Microsoft.Playwright;

namespace ATStatus.Tests.Support;

/// <summary>The scan sees what it is there for, under the console's content security policy and in either mode; so its silence means something.</summary>
public sealed class AxeScanTests(TestBrowser browser) : BrowserTest(browser)
{
    [Fact]
    public async Task A_page_made_worse_is_found_out()
    {
        await StartAsync();
        await Page.GotoAsync("login");
        await Page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        Assert.Empty(await AxeScan.FindingsAsync(Page));

        await Page.EvaluateAsync(
            """
            () => {
              document.querySelector("label[for=password]").remove();
              document.querySelector("h1").style.color = "color-mix(in srgb, currentColor 20%, transparent)";
            }
            """);

        var findings = await AxeScan.FindingsAsync(Page);
        Assert.Contains(findings, finding => finding.StartsWith("label (critical): #password", StringComparison.Ordinal));
        Assert.Contains(findings, finding => finding.StartsWith("color-contrast (serious): h1", StringComparison.Ordinal));
        Assert.StartsWith("color-contrast", Assert.Single(await AxeScan.FindingsAsync(Page, colours: true)), StringComparison.Ordinal);
    }
}
