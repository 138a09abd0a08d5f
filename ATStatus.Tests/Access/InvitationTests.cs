using System.Net;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using ATStatus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Access;

/// <summary>The page that an invitation's link leads to.</summary>
public sealed class InvitationTests
{
    private static readonly (string, string)[] Filled = [("Input.Password", "a brand new passphrase"), ("Input.Repeat", "a brand new passphrase")];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_link_makes_one_account_with_the_role_that_was_chosen_and_signs_it_in()
    {
        await using var app = await ConsoleApp.StartAsync();
        var path = await InviteAsync(app);
        using var browser = app.CreateClient();
        var page = await browser.GetStringAsync(path, Stop);
        Assert.Matches("<input[^>]*id=\"email\"[^>]*readonly[^>]*value=\"ada@example.com\"", page);
        using (var differing = await browser.SubmitAsync(path, "invite", Filled[0], ("Input.Repeat", "something else")))
            Assert.Contains("The two passwords differ.", await differing.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        using (var common = await browser.SubmitAsync(path, "invite", ("Input.Password", "Password123!"), ("Input.Repeat", "Password123!")))
            Assert.Contains("too common", await common.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        using (var made = await browser.SubmitAsync(path, "invite", Filled))
            Assert.Equal("/admin", made.Headers.Location?.OriginalString);
        using (var admin = await browser.GetAsync("admin", Stop))
            Assert.Equal(HttpStatusCode.OK, admin.StatusCode);
        var account = Assert.Single(await app.Services.GetRequiredService<AccountQueries>().ListAsync(Stop), a => a.Email == "ada@example.com");
        Assert.Equal((Roles.Editor, true, false), (account.Role, account.MaySeePayloads, account.MayRedeliver));

        using var second = app.CreateClient();
        using (var used = await second.GetAsync(path, Stop))
            Assert.Equal(HttpStatusCode.Forbidden, used.StatusCode);
        using var jobs = await browser.GetAsync("hangfire", Stop);
        Assert.Equal(HttpStatusCode.Forbidden, jobs.StatusCode);
    }

    [Fact]
    public async Task A_link_ends_after_seven_days_also_while_its_form_is_open()
    {
        var time = new ShiftedTime();
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions { Configure = builder => builder.Services.AddSingleton<TimeProvider>(time) });
        var path = await InviteAsync(app);
        using var browser = app.CreateClient();
        time.Advance(AccountService.InvitationLifetime - TimeSpan.FromMinutes(1));
        var fields = BrowserForms.HiddenFields(await browser.GetStringAsync(path, Stop), "invite");
        time.Advance(TimeSpan.FromMinutes(2));
        using var content = new FormUrlEncodedContent(fields.Concat(Filled.Select(f => KeyValuePair.Create(f.Item1, f.Item2))));
        using var late = await browser.PostAsync(path, content, Stop);
        Assert.Equal(HttpStatusCode.Forbidden, late.StatusCode);
        foreach (var token in (string[])["", "x", new('x', 5_000), "%00"])
        {
            using var response = await browser.GetAsync($"invite?token={token}", Stop);
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        }
    }

    [Fact]
    public async Task Of_many_who_use_a_link_at_once_one_gets_the_account()
    {
        await using var app = await ConsoleApp.StartAsync();
        var token = await TokenAsync(app);
        var invitations = app.Services.GetRequiredService<Invitations>();
        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => invitations.AcceptAsync(token, $"a long enough password {i}", Stop)));
        Assert.Single(results, r => r.UserId is not null);
    }

    private static async Task<string> InviteAsync(ConsoleApp app) => $"invite?token={await TokenAsync(app)}";

    private static Task<string> TokenAsync(ConsoleApp app) => app.Services.GetRequiredService<AccountService>()
        .InviteAsync(new InvitationInput("ada@example.com", new AccountInput(Roles.Editor, MaySeePayloads: true)), new Actor("op"), Stop);
}
