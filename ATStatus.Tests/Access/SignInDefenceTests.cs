using System.Collections.Concurrent;
using System.Net;
using System.Threading.RateLimiting;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Access;

/// <summary>What strangers who guess passwords get, and what they cannot do to others.</summary>
public sealed class SignInDefenceTests : IAsyncLifetime
{
    private const string Wrong = "Email or password is wrong.";
    private readonly ShiftedTime _time = new();
    private readonly CountingHasher _hasher = new();
    private ConsoleApp _app = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _app = await ConsoleApp.StartAsync(new ConsoleAppOptions
    {
        Configure = builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(_time);
            builder.Services.AddSingleton<IPasswordHasher<User>>(_hasher);
        },
    });

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData(ConsoleApp.AdminEmail)]
    [InlineData("nobody@example.com")]
    public async Task Of_forty_guesses_at_once_five_are_looked_at_whether_there_is_the_account_or_not(string email)
    {
        using var stranger = _app.CreateClient();
        var fields = BrowserForms.HiddenFields(await stranger.GetStringAsync("login", Stop), "login");
        _hasher.Verified.Clear();
        // In portions that fit into the queue: what is refused because that is full was no guess.
        for (var portion = 0; portion < 5; portion++)
        {
            await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
            {
                using var response = await PostAsync(stranger, fields, email, "a wrong password");
            }));
        }
        Assert.Equal(SignInThrottle.FreeByAccount, _hasher.Verified.Count);
    }

    [Fact]
    public async Task An_unknown_account_gets_the_same_answers_for_the_same_work()
    {
        var known = await AnswersAsync(ConsoleApp.AdminEmail);
        _time.Advance(TimeSpan.FromHours(3));
        var unknown = await AnswersAsync("nobody@example.com");
        Assert.Equal(known, unknown);

        async Task<List<string>> AnswersAsync(string email)
        {
            using var stranger = _app.CreateClient();
            var answers = new List<string>();
            for (var i = 0; i < SignInThrottle.FreeByAccount + 2; i++)
            {
                _hasher.Verified.Clear();
                var (status, page) = await TryAsync(stranger, email, "a wrong password");
                answers.Add($"{(int)status} {page.Contains(Wrong, StringComparison.Ordinal)} {page.Contains("Too many failed attempts", StringComparison.Ordinal)} "
                    + string.Join(' ', _hasher.Verified.Select(hash => hash.Length)));
            }
            return answers;
        }
    }

    [Fact]
    public async Task The_refusal_is_the_form_with_what_was_typed_and_says_when_to_come_again()
    {
        using var stranger = _app.CreateClient();
        for (var i = 0; i < SignInThrottle.FreeByAccount; i++)
            await TryAsync(stranger, "nobody@example.com", "wrong");
        using var response = await stranger.SubmitAsync("login", "login", ("Input.Email", "Nobody@Example.com"), ("Input.Password", "wrong"));
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.InRange(response.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
        var page = await response.Content.ReadAsStringAsync(Stop);
        Assert.Contains("Too many failed attempts. Try again in", page, StringComparison.Ordinal);
        Assert.Contains("value=\"Nobody@Example.com\"", page, StringComparison.Ordinal);

        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Contains(Wrong, (await TryAsync(stranger, "nobody@example.com", "wrong")).Page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stranger_keeps_nobody_out_of_a_browser_that_has_signed_in_before()
    {
        using var known = await _app.SignedInAsync();
        await known.SubmitAsync("logout", "logout");
        using var stranger = _app.CreateClient();
        for (var i = 0; i < SignInThrottle.FreeByAddress + 5; i++)
            await TryAsync(stranger, i % 2 == 0 ? ConsoleApp.AdminEmail : $"other{i}@example.com", "wrong");
        Assert.Equal(HttpStatusCode.TooManyRequests, (await TryAsync(stranger, ConsoleApp.AdminEmail, ConsoleApp.AdminPassword)).Status);

        Assert.Contains(Wrong, (await TryAsync(known, ConsoleApp.AdminEmail, "mistyped")).Page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await TryAsync(known, ConsoleApp.AdminEmail, ConsoleApp.AdminPassword)).Status);
    }

    [Fact]
    public async Task A_known_browser_guesses_no_more_often_than_others_and_not_at_other_accounts()
    {
        await _app.AddUserAsync("other@example.com", "quite another passphrase");
        using var browser = await _app.SignedInAsync();
        await browser.SubmitAsync("logout", "logout");
        foreach (var email in new[] { ConsoleApp.AdminEmail, "other@example.com" })
        {
            for (var i = 0; i < SignInThrottle.FreeByAccount; i++)
                Assert.Equal(HttpStatusCode.OK, (await TryAsync(browser, email, "wrong")).Status);
            Assert.Equal(HttpStatusCode.TooManyRequests, (await TryAsync(browser, email, "wrong")).Status);
        }
        using var elsewhere = _app.CreateClient();
        Assert.Equal(HttpStatusCode.TooManyRequests, (await TryAsync(elsewhere, "other@example.com", "quite another passphrase")).Status);
        Assert.Equal(HttpStatusCode.Redirect, (await TryAsync(elsewhere, ConsoleApp.AdminEmail, ConsoleApp.AdminPassword)).Status);
    }

    [Fact]
    public async Task Guesses_are_counted_while_the_database_cannot_be_written()
    {
        await using var held = new SqliteConnection(_app.Services.GetRequiredService<DatabaseOptions>().ConnectionString);
        await held.OpenAsync(Stop);
        using (var begin = held.CreateCommand())
        {
            begin.CommandText = "BEGIN IMMEDIATE";
            await begin.ExecuteNonQueryAsync(Stop);
        }
        using var stranger = _app.CreateClient();
        for (var i = 0; i < SignInThrottle.FreeByAccount; i++)
            Assert.Contains(Wrong, (await TryAsync(stranger, ConsoleApp.AdminEmail, "wrong")).Page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await TryAsync(stranger, ConsoleApp.AdminEmail, "wrong")).Status);
    }

    [Fact]
    public async Task An_account_that_an_earlier_version_locked_is_open()
    {
        await using (var db = await _app.Services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop))
        {
            await db.Users.ExecuteUpdateAsync(
                set => set.SetProperty(u => u.LockoutEnabled, true).SetProperty(u => u.LockoutEnd, DateTimeOffset.UtcNow.AddYears(1)), Stop);
        }
        using var browser = await _app.SignedInAsync();
    }

    [Fact]
    public async Task Beyond_a_short_queue_passwords_are_not_looked_at_and_the_form_says_so()
    {
        using var known = await _app.SignedInAsync();
        await known.SubmitAsync("logout", "logout");
        var checks = _app.Services.GetRequiredService<PasswordChecks>();
        var places = new List<RateLimitLease> { await checks.EnterAsync(trusted: false, Stop) };
        var waiting = Enumerable.Range(0, PasswordChecks.QueueLength).Select(_ => checks.EnterAsync(trusted: false, Stop).AsTask()).ToList();
        _hasher.Verified.Clear();

        using var stranger = _app.CreateClient();
        using var response = await stranger.SubmitAsync("login", "login", ("Input.Email", "someone@example.com"), ("Input.Password", "x"));
        Assert.Equal(HttpStatusCode.TooManyRequests, response.StatusCode);
        Assert.Equal(PasswordChecks.RetryAfter, response.Headers.RetryAfter!.Delta);
        var page = await response.Content.ReadAsStringAsync(Stop);
        Assert.Contains("Try again in 2 seconds.", page, StringComparison.Ordinal);
        Assert.Contains("value=\"someone@example.com\"", page, StringComparison.Ordinal);
        Assert.Empty(_hasher.Verified);
        // Who was here before has another place.
        Assert.Equal(HttpStatusCode.Redirect, (await TryAsync(known, ConsoleApp.AdminEmail, ConsoleApp.AdminPassword)).Status);

        places[0].Dispose();
        foreach (var lease in waiting)
            (await lease).Dispose();
        Assert.Equal(HttpStatusCode.OK, (await TryAsync(stranger, "someone@example.com", "x")).Status);
    }

    [Fact]
    public async Task One_password_is_looked_at_at_a_time()
    {
        using var stranger = _app.CreateClient();
        var fields = BrowserForms.HiddenFields(await stranger.GetStringAsync("login", Stop), "login");
        _hasher.Verified.Clear();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async i =>
        {
            using var response = await PostAsync(stranger, fields, $"user{i}@example.com", "wrong");
        }));
        Assert.Equal(8, _hasher.Verified.Count);
        Assert.Equal(1, _hasher.MostAtOnce);
    }

    [Fact]
    public async Task A_password_longer_than_the_field_takes_is_wrong_and_is_not_hashed()
    {
        using var stranger = _app.CreateClient();
        _hasher.LongestSeen = 0;
        var (status, page) = await TryAsync(stranger, ConsoleApp.AdminEmail, new string('x', 4000));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains(Wrong, page, StringComparison.Ordinal);
        Assert.Equal(0, _hasher.LongestSeen);
        Assert.Contains("maxlength=\"1024\"", page, StringComparison.Ordinal);
        Assert.Contains("maxlength=\"256\"", page, StringComparison.Ordinal);
    }

    private static async Task<(HttpStatusCode Status, string Page)> TryAsync(HttpClient browser, string email, string password)
    {
        using var response = await browser.SubmitAsync("login", "login", ("Input.Email", email), ("Input.Password", password));
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Stop));
    }

    private static async Task<HttpResponseMessage> PostAsync(
        HttpClient browser, IEnumerable<KeyValuePair<string, string>> hidden, string email, string password)
    {
        using var content = new FormUrlEncodedContent(hidden.Append(new("Input.Email", email)).Append(new("Input.Password", password)));
        return await browser.PostAsync("login", content, Stop);
    }

    private sealed class CountingHasher : PasswordHasher<User>
    {
        private int _now;
        private int _most;

        public ConcurrentQueue<string> Verified { get; } = new();

        public int LongestSeen { get; set; }

        public int MostAtOnce => _most;

        public override PasswordVerificationResult VerifyHashedPassword(User user, string hashedPassword, string providedPassword)
        {
            Verified.Enqueue(hashedPassword);
            LongestSeen = Math.Max(LongestSeen, providedPassword.Length);
            var now = Interlocked.Increment(ref _now);
            InterlockedMax(ref _most, now);
            try
            {
                return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
            }
            finally
            {
                Interlocked.Decrement(ref _now);
            }
        }

        private static void InterlockedMax(ref int target, int value)
        {
            for (var seen = target; seen < value; seen = target)
                Interlocked.CompareExchange(ref target, value, seen);
        }
    }
}
