using System.Net;
using System.Text.RegularExpressions;
using ATStatus.Admin.Features.Access;
using ATStatus.Core.Persistence;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Access;

public sealed partial class SetupTests
{
    private static readonly (string, string)[] Filled =
        [("Input.Email", "first@example.com"), ("Input.Password", "a long enough password"), ("Input.Repeat", "a long enough password")];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_printed_link_makes_one_administrator_and_is_then_used_up()
    {
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions { FirstAccount = false });
        var link = new Uri(Printed().Match(app.Output).Groups[1].Value);
        Assert.Equal(app.Address.Authority, link.Authority);
        using var browser = app.CreateClient();

        using (var differing = await browser.SubmitAsync(link.PathAndQuery, "setup", [.. Filled[..2], ("Input.Repeat", "another password")]))
            Assert.Contains("The two passwords differ.", await differing.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        using (var weak = await browser.SubmitAsync(link.PathAndQuery, "setup", Filled[0], ("Input.Password", "short"), ("Input.Repeat", "short")))
            Assert.Contains("at least 8 characters", await weak.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);

        using (var created = await browser.SubmitAsync(link.PathAndQuery, "setup", Filled))
            Assert.Equal("/admin", created.Headers.Location?.OriginalString);
        using (var dashboard = await browser.GetAsync("hangfire", Stop))
            Assert.Equal(HttpStatusCode.OK, dashboard.StatusCode);

        using (var again = await browser.GetAsync(link.PathAndQuery, Stop))
        {
            Assert.Equal(HttpStatusCode.Gone, again.StatusCode);
            Assert.Contains("Already set up", await again.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        }
        Assert.DoesNotContain(app.Logs, line => line.Contains(link.Query[7..], StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_a_valid_token_shows_the_form()
    {
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions { FirstAccount = false });
        using var browser = app.CreateClient();
        var tokens = app.Services.GetRequiredService<SetupTokens>();
        var good = tokens.Create();
        foreach (var token in new[] { null, "", "garbage", good[..^4] + "AAAA", tokens.Create(TimeSpan.FromSeconds(-1)) })
        {
            using var response = await browser.GetAsync($"setup?token={token}", Stop);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
            var page = await response.Content.ReadAsStringAsync(Stop);
            Assert.Contains("This link is not valid", page, StringComparison.Ordinal);
            Assert.DoesNotContain("<form", page, StringComparison.Ordinal);
        }

        // The form of a valid link, sent to an address with another token.
        var fields = BrowserForms.HiddenFields(await browser.GetStringAsync($"setup?token={good}", Stop), "setup");
        using var content = new FormUrlEncodedContent(fields.Concat(Filled.Select(f => KeyValuePair.Create(f.Item1, f.Item2))));
        using var refused = await browser.PostAsync("setup?token=garbage", content, Stop);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(0, await CountUsersAsync(app));
    }

    [Fact]
    public async Task A_configured_account_needs_no_link_and_is_made_once()
    {
        await using var app = await ConsoleApp.StartAsync();
        Assert.DoesNotContain("setup?token", app.Output, StringComparison.Ordinal);
        await app.RestartAsync();
        Assert.Equal(1, await CountUsersAsync(app));
        using var admin = await app.SignedInAsync();
    }

    private static async Task<int> CountUsersAsync(ConsoleApp app)
    {
        await using var db = await ContextAsync(app);
        return await db.Users.CountAsync(Stop);
    }

    private static Task<AtStatusDbContext> ContextAsync(ConsoleApp app) =>
        app.Services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);

    [GeneratedRegex(@"First start: create your account at (\S+)")]
    private static partial Regex Printed();
}
