using System.Net;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using ATStatus.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OtpNet;

namespace ATStatus.Tests.Access;

/// <summary>An authenticator and its recovery codes, at the sign-in page.</summary>
public sealed class SecondFactorTests : IAsyncLifetime
{
    private ConsoleApp _app = null!;
    private User _user = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private SecondFactorService Service => _app.Services.GetRequiredService<SecondFactorService>();

    public async ValueTask InitializeAsync()
    {
        _app = await ConsoleApp.StartAsync();
        _user = await _app.AddUserAsync("ada@example.com", ConsoleApp.AdminPassword, Roles.Editor);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task With_an_authenticator_the_password_alone_opens_nothing()
    {
        var (secret, _) = await TurnOnAsync();
        using var browser = _app.CreateClient();
        using (var first = await PasswordAsync(browser))
            Assert.Equal("/login?step=code&returnUrl=%2Fadmin%2Fincidents", first.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(browser));

        using (var wrong = await CodeAsync(browser, "000000"))
            Assert.Contains("This code is wrong", await wrong.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(browser));
        using (var right = await CodeAsync(browser, Now(secret).Insert(3, " ")))
            Assert.Equal("/admin/incidents", right.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser));
    }

    [Fact]
    public async Task A_code_without_the_password_before_it_is_no_sign_in()
    {
        var (secret, _) = await TurnOnAsync();
        using var stranger = _app.CreateClient();
        var page = await stranger.GetStringAsync("login?step=code", Stop);
        Assert.DoesNotContain("name=\"CodeInput.Code\"", page, StringComparison.Ordinal);
        var fields = BrowserForms.HiddenFields(page, "login").Where(f => f.Key != "_handler");
        using var content = new FormUrlEncodedContent([.. fields, new("_handler", "code"), new("CodeInput.Code", Now(secret))]);
        using var response = await stranger.PostAsync("login?step=code", content, Stop);
        Assert.NotEqual(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(stranger));
    }

    [Fact]
    public async Task A_code_signs_in_once_also_for_two_at_the_same_time()
    {
        var (secret, _) = await TurnOnAsync();
        var code = Now(secret);
        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Service.UseCodeAsync(_user.Id, code, Stop))));
        Assert.Equal(1, taken.Count(t => t));
        using var browser = _app.CreateClient();
        (await PasswordAsync(browser)).Dispose();
        using (var again = await CodeAsync(browser, code))
            Assert.Contains("was used already", await again.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.False(await Service.UseCodeAsync(_user.Id, "0" + code, Stop));
        Assert.False(await Service.UseCodeAsync(_user.Id, "+" + code, Stop));
        // Identity takes the code of the next half minute already.
        var next = new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp(DateTime.UtcNow.AddSeconds(30));
        Assert.True(await Service.UseCodeAsync(_user.Id, next, Stop));
        Assert.False(await Service.UseCodeAsync(_user.Id, code, Stop));
    }

    [Fact]
    public async Task The_right_password_forgives_no_wrong_code_in_a_known_browser()
    {
        var (secret, _) = await TurnOnAsync();
        using var browser = _app.CreateClient();
        (await PasswordAsync(browser)).Dispose();
        (await CodeAsync(browser, Now(secret))).Dispose();
        (await browser.SubmitAsync("logout", "logout")).Dispose();
        var last = HttpStatusCode.OK;
        for (var i = 0; i <= SignInThrottle.FreeByAccount; i++)
        {
            (await PasswordAsync(browser)).Dispose();
            using var wrong = await CodeAsync(browser, $"00000{i}");
            last = wrong.StatusCode;
        }
        Assert.Equal(HttpStatusCode.TooManyRequests, last);
    }

    [Fact]
    public async Task A_session_that_has_shown_a_password_alone_changes_no_second_factor_that_counts()
    {
        var weak = (await Store.BeginAsync(_user, "", "", isStrong: false, Stop))!.Id;
        await TurnOnAsync();
        Func<Task>[] ways =
        [
            () => Service.TurnOffAsync(_user.Id, weak, Stop),
            () => Service.NewRecoveryCodesAsync(_user.Id, weak, Stop),
            () => Service.RemovePasskeyAsync(_user.Id, weak, [1], Stop),
            () => Service.DemandAsync(_user.Id, weak, Stop),
        ];
        foreach (var way in ways)
            await Assert.ThrowsAsync<IllegalTransitionException>(way);
        Assert.Equal((true, SecondFactorService.RecoveryCodes), ((await Service.FindAsync(_user.Id, Stop)).IsOn, (await Service.FindAsync(_user.Id, Stop)).RecoveryCodes));

        await Service.ShownAsync(_user.Id, weak, Stop);
        await Service.TurnOffAsync(_user.Id, weak, Stop);
    }

    [Fact]
    public async Task Who_must_show_a_passkey_sets_up_no_authenticator_in_its_place_with_the_password()
    {
        await using (var scope = _app.Services.CreateAsyncScope())
        {
            var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
            Assert.True((await users.AddOrUpdatePasskeyAsync((await users.FindByIdAsync(_user.Id.ToString()))!, new UserPasskeyInfo(
                [1], [2], DateTimeOffset.UtcNow, 0, null, isUserVerified: true, isBackupEligible: false, isBackedUp: false, [3], [4]))).Succeeded);
        }
        var weak = (await Store.BeginAsync(_user, "", "", isStrong: false, Stop))!.Id;
        await Service.BeginAsync(_user.Id, weak, Stop);
        await _app.Services.GetRequiredService<AccountService>().RequireSecondFactorAsync(true, await StrongAsync(), Stop);

        await Assert.ThrowsAsync<IllegalTransitionException>(() => Service.BeginAsync(_user.Id, weak, Stop));
        await Assert.ThrowsAsync<IllegalTransitionException>(() => Service.RemovePasskeyAsync(_user.Id, weak, [1], Stop));
        await Service.BeginAsync(_user.Id, await StrongAsync(), Stop);
    }

    [Fact]
    public async Task Looking_at_it_changes_nothing_that_others_would_read_again()
    {
        using var signals = new CancellationTokenSource();
        using var watch = Store.Changes.Subscribe(signals.Cancel);
        await Service.FindAsync(_user.Id, Stop);
        Assert.False(signals.IsCancellationRequested);
        await Service.BeginAsync(_user.Id, null, Stop);
        Assert.True(signals.IsCancellationRequested);
    }

    [Fact]
    public async Task A_secret_that_does_not_count_yet_leaves_reset_links_and_known_browsers_alone()
    {
        var first = await Service.BeginAsync(_user.Id, null, Stop);
        Assert.NotEqual(first, await Service.BeginAsync(_user.Id, null, Stop));
        Assert.Equal(_user.SecurityStamp, (await ReadAsync()).SecurityStamp);
    }

    [Fact]
    public async Task A_recovery_code_signs_in_once_however_it_is_typed()
    {
        var (_, codes) = await TurnOnAsync();
        Assert.Equal(SecondFactorService.RecoveryCodes, codes.Distinct().Count());
        using (var browser = _app.CreateClient())
        {
            (await PasswordAsync(browser)).Dispose();
            using var right = await CodeAsync(browser, $" {codes[0].ToLowerInvariant()} ", "recovery");
            Assert.Equal(HttpStatusCode.Redirect, right.StatusCode);
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser));
        }
        using var second = _app.CreateClient();
        (await PasswordAsync(second)).Dispose();
        using (var used = await CodeAsync(second, codes[0], "recovery"))
            Assert.Contains("was used already", await used.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Equal(codes.Count - 1, (await Service.FindAsync(_user.Id, Stop)).RecoveryCodes);
        // The others are as good as they were.
        using (var another = await CodeAsync(second, codes[^1], "recovery"))
            Assert.Equal(HttpStatusCode.Redirect, another.StatusCode);
        var fresh = await Service.NewRecoveryCodesAsync(_user.Id, await StrongAsync(), Stop);
        Assert.Empty(fresh.Intersect(codes));
        using var third = _app.CreateClient();
        (await PasswordAsync(third)).Dispose();
        using var earlier = await CodeAsync(third, codes[1], "recovery");
        Assert.Equal(HttpStatusCode.OK, earlier.StatusCode);
    }

    [Fact]
    public async Task Guessing_codes_waits_longer_and_longer()
    {
        await TurnOnAsync();
        using var browser = _app.CreateClient();
        (await PasswordAsync(browser)).Dispose();
        var last = HttpStatusCode.OK;
        for (var i = 0; i <= SignInThrottle.FreeByAccount; i++)
        {
            using var wrong = await CodeAsync(browser, $"00000{i}");
            last = wrong.StatusCode;
        }
        Assert.Equal(HttpStatusCode.TooManyRequests, last);
    }

    [Fact]
    public async Task The_first_step_is_worth_nothing_once_the_password_has_changed()
    {
        var (secret, _) = await TurnOnAsync();
        using var browser = _app.CreateClient();
        (await PasswordAsync(browser)).Dispose();
        var fields = BrowserForms.HiddenFields(await browser.GetStringAsync("login?step=code", Stop), "code");
        await _app.Services.GetRequiredService<PasswordService>().ChangeAsync(_user.Id, ConsoleApp.AdminPassword, "another battery staple, horse", cancellationToken: Stop);
        using var content = new FormUrlEncodedContent([.. fields, new("CodeInput.Code", Now(secret))]);
        (await browser.PostAsync("login?step=code", content, Stop)).Dispose();
        Assert.Equal(HttpStatusCode.Redirect, await StatusAsync(browser));
    }

    [Fact]
    public async Task What_is_stored_is_neither_the_secret_nor_a_recovery_code()
    {
        var (secret, codes) = await TurnOnAsync();
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);
        var stored = await db.UserTokens.Select(t => t.Value).ToListAsync(Stop);
        Assert.Equal(3, stored.Count);
        Assert.All(stored, value => Assert.False(value!.Contains(secret, StringComparison.OrdinalIgnoreCase) || codes.Any(c => value.Contains(c, StringComparison.OrdinalIgnoreCase))));
    }

    [Fact]
    public async Task A_wrong_code_turns_nothing_on_and_turning_off_forgets_all()
    {
        await Service.BeginAsync(_user.Id, null, Stop);
        await Assert.ThrowsAsync<InvalidInputException>(() => Service.TurnOnAsync(_user.Id, null, "123", Stop));
        Assert.False((await Service.FindAsync(_user.Id, Stop)).IsOn);
        await TurnOnAsync();
        await Assert.ThrowsAsync<IllegalTransitionException>(() => Service.BeginAsync(_user.Id, null, Stop));
        await Service.TurnOffAsync(_user.Id, await StrongAsync(), Stop);
        Assert.Equal((false, 0), ((await Service.FindAsync(_user.Id, Stop)).IsOn, (await Service.FindAsync(_user.Id, Stop)).RecoveryCodes));
        using var browser = await _app.SignedInAsync(_user.Email!);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser));
    }

    [Fact]
    public async Task Where_a_second_factor_is_required_a_password_alone_has_no_right_until_one_is_set_up()
    {
        var accounts = _app.Services.GetRequiredService<AccountService>();
        using var browser = await _app.SignedInAsync(_user.Email!);
        var session = Assert.Single(await Store.ListAsync(_user.Id, Stop));
        // Who has none cannot demand it.
        await Assert.ThrowsAsync<IllegalTransitionException>(() => accounts.RequireSecondFactorAsync(true, session.Id, Stop));
        var strong = (await Store.BeginAsync(await _app.AddUserAsync("other@example.com"), "", "", isStrong: true, Stop))!;
        await accounts.RequireSecondFactorAsync(true, strong.Id, Stop);

        var state = (await States.UseAsync(session.Id, Stop))!;
        Assert.Equal((true, 0), (state.MustAddSecondFactor, state.Rights.Count()));
        using (var export = await browser.GetAsync("admin/deliveries/export/csv", Stop))
            Assert.Equal(HttpStatusCode.Forbidden, export.StatusCode);
        var secret = await Service.BeginAsync(_user.Id, null, Stop);
        await Service.TurnOnAsync(_user.Id, session.Id, Now(secret), Stop);
        Assert.Contains(Right.WriteStatus, (await States.UseAsync(session.Id, Stop))!.Rights);
        using (var export = await browser.GetAsync("admin/deliveries/export/csv", Stop))
            Assert.Equal(HttpStatusCode.OK, export.StatusCode);
    }

    private async Task<Guid> StrongAsync() => (await Store.BeginAsync(await ReadAsync(), "", "", isStrong: true, Stop))!.Id;

    private async Task<User> ReadAsync()
    {
        await using var scope = _app.Services.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<UserManager<User>>().FindByIdAsync(_user.Id.ToString()))!;
    }

    private SessionStore Store => _app.Services.GetRequiredService<SessionStore>();

    private SessionStates States => _app.Services.GetRequiredService<SessionStates>();

    private async Task<(string Secret, IReadOnlyList<string> Codes)> TurnOnAsync()
    {
        var secret = await Service.BeginAsync(_user.Id, null, Stop);
        return (secret, await Service.TurnOnAsync(_user.Id, null, Now(secret), Stop));
    }

    private static string Now(string secret) => new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp();

    private static Task<HttpResponseMessage> PasswordAsync(HttpClient browser) => browser.SubmitAsync(
        "login?returnUrl=%2Fadmin%2Fincidents", "login", ("Input.Email", "ada@example.com"), ("Input.Password", ConsoleApp.AdminPassword));

    private static Task<HttpResponseMessage> CodeAsync(HttpClient browser, string code, string step = "code") =>
        browser.SubmitAsync($"login?step={step}&returnUrl=%2Fadmin%2Fincidents", "code", ("CodeInput.Code", code));

    private static async Task<HttpStatusCode> StatusAsync(HttpClient browser)
    {
        using var response = await browser.GetAsync("admin", Stop);
        return response.StatusCode;
    }
}
