using System.Net;
using System.Text.RegularExpressions;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>A key for a script: made, seen once, and revoked.</summary>
public sealed class ApiKeyBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    [Fact]
    public async Task A_key_is_shown_once_and_works_until_it_is_revoked()
    {
        await StartSignedInAsync();
        await GoToAsync("API keys");
        await Page.Button("Create API key").ClickAsync();
        var form = Page.GetByRole(AriaRole.Dialog, new() { Name = "Create API key" });
        await form.Button("Save").ClickAsync();
        await Expect(Page.Field("Name")).ToHaveAccessibleDescriptionAsync(new Regex("Name is required"));
        await Page.Field("Name").FillAsync("Deploy script");
        await Page.Checkbox("read:statuspages").CheckAsync();
        await Page.Checkbox("write:incidents").CheckAsync();
        await Page.Field("Expires").SelectOptionAsync("On a date");
        await Page.Field("Date").FillAsync("2020-01-31");
        await form.Button("Save").ClickAsync();
        await Expect(Page.Field("Date")).ToHaveAccessibleDescriptionAsync(new Regex("This day is over"));
        await Page.Field("Expires").SelectOptionAsync("90 days");
        await form.Button("Save").ClickAsync();

        await Expect(Page.Field("API key")).ToHaveValueAsync(new Regex("^ats_[0-9a-f]{64}$"));
        var key = await Page.Field("API key").InputValueAsync();
        await Expect(Page.Button("Copy key")).ToBeVisibleAsync();
        await Expect(Page.Row("Deploy script")).ToContainTextAsync(key[..12]);
        await Expect(Page.Row("Deploy script")).ToContainTextAsync("read:statuspages, write:incidents");
        Assert.NotNull(await Get<ApiKeyUse>().FindAsync(key, Stop));

        await Page.ReloadAsync();
        await Expect(Page.Row("Deploy script")).ToBeVisibleAsync();
        await Expect(Page.Field("API key")).ToHaveCountAsync(0);
        await Page.Button("Revoke Deploy script").ClickAsync();
        await Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button).Last.ClickAsync();
        await Expect(Page.Region("Revoked and expired").GetByText("Deploy script")).ToBeVisibleAsync();
        Assert.Null(await Get<ApiKeyUse>().FindAsync(key, Stop));
        Assert.DoesNotContain(App.Logs, line => line.Contains(key[ApiKey.PrefixLength..], StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_administrators_see_keys()
    {
        await StartAsync();
        await App.AddUserAsync("viewer@example.com");
        using var viewer = await App.SignedInAsync("viewer@example.com");
        using var refused = await viewer.GetAsync("admin/api-keys", Stop);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }
}
