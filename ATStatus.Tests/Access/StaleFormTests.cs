using System.Net;
using ATStatus.Admin.Features.Access;
using ATStatus.Core.Persistence;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Access;

/// <summary>Forms whose token does not fit any more: shown again, and then they work.</summary>
public sealed class StaleFormTests
{
    private const string Note = "This form was out of date, so nothing was done. Please try again.";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Signing_in_in_a_second_tab_shows_the_form_again_and_then_signs_in()
    {
        await using var app = await ConsoleApp.StartAsync();
        using var browser = app.CreateClient();
        var first = await FieldsAsync(browser, "login", "login");
        using (var signedIn = await browser.SubmitAsync("login", "login", ("Input.Email", ConsoleApp.AdminEmail), ("Input.Password", ConsoleApp.AdminPassword)))
            Assert.Equal(HttpStatusCode.Redirect, signedIn.StatusCode);

        var again = await ShownAgainAsync(browser, "login?returnUrl=%2Fadmin%2Fsettings", "login", first);
        Assert.Contains($"value=\"{ConsoleApp.AdminEmail}\"", again.Page, StringComparison.Ordinal);
        using var response = await PostAsync(browser, "login?returnUrl=%2Fadmin%2Fsettings", again.Fields);
        Assert.Equal("/admin/settings", response.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Signing_in_works_after_the_keys_were_lost()
    {
        await using var app = await ConsoleApp.StartAsync();
        using var browser = app.CreateClient();
        var old = await FieldsAsync(browser, "login", "login");
        await using (var db = await app.Services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop))
            await db.DataProtectionKeys.ExecuteDeleteAsync(Stop);
        await app.RestartAsync();

        // The browser has its cookies still: the port is another, which is all the same to them.
        var login = new Uri(app.Address, "login").AbsoluteUri;
        var again = await ShownAgainAsync(browser, login, "login", old);
        using var response = await PostAsync(browser, login, again.Fields);
        Assert.Equal("/admin", response.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task Signing_out_with_a_form_of_before_the_sign_in_asks_again()
    {
        await using var app = await ConsoleApp.StartAsync();
        using var browser = app.CreateClient();
        var before = await FieldsAsync(browser, "login", "login");
        using (await browser.SubmitAsync("login", "login", ("Input.Email", ConsoleApp.AdminEmail), ("Input.Password", ConsoleApp.AdminPassword)))
        {
        }
        var again = await ShownAgainAsync(browser, "logout", "logout", [.. before.Where(f => f.Key != "_handler"), new("_handler", "logout")]);
        using (var still = await browser.GetAsync("admin", Stop))
            Assert.Equal(HttpStatusCode.OK, still.StatusCode);
        using var response = await PostAsync(browser, "logout", again.Fields);
        Assert.Equal("/login", response.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task The_set_up_form_is_shown_again_and_then_makes_the_account()
    {
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions { FirstAccount = false });
        using var browser = app.CreateClient();
        var path = $"setup?token={app.Services.GetRequiredService<SetupTokens>().Create()}";
        using var stranger = app.CreateClient();
        var another = await FieldsAsync(stranger, path, "setup");
        var again = await ShownAgainAsync(browser, path, "setup", [.. another, new("Input.Repeat", ConsoleApp.AdminPassword)]);
        using var response = await PostAsync(browser, path, [.. again.Fields, new("Input.Repeat", ConsoleApp.AdminPassword)]);
        Assert.Equal("/admin", response.Headers.Location?.OriginalString);
    }

    private static async Task<(string Page, IReadOnlyList<KeyValuePair<string, string>> Fields)> ShownAgainAsync(
        HttpClient browser, string path, string form, IReadOnlyList<KeyValuePair<string, string>> stale)
    {
        using var response = await PostAsync(browser, path, stale);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var page = await response.Content.ReadAsStringAsync(Stop);
        Assert.Contains(Note, page, StringComparison.Ordinal);
        return (page, BrowserForms.HiddenFields(page, form));
    }

    private static async Task<IReadOnlyList<KeyValuePair<string, string>>> FieldsAsync(HttpClient browser, string path, string form) =>
        BrowserForms.HiddenFields(await browser.GetStringAsync(path, Stop), form);

    private static async Task<HttpResponseMessage> PostAsync(HttpClient browser, string path, IEnumerable<KeyValuePair<string, string>> fields)
    {
        using var content = new FormUrlEncodedContent(
            fields.Append(new("Input.Email", ConsoleApp.AdminEmail)).Append(new("Input.Password", ConsoleApp.AdminPassword)));
        return await browser.PostAsync(path, content, Stop);
    }
}
