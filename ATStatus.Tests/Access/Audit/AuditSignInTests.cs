using System.Net;
using System.Net.Http.Json;
using ATStatus.Core.Access;
using ATStatus.Core.Access.Audit;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OtpNet;

namespace ATStatus.Tests.Access.Audit;

/// <summary>What signing in, accounts and verbs leave in the audit trail.</summary>
public sealed class AuditSignInTests : IAsyncLifetime
{
    private const string Password = "a rather long passphrase 1", Typed = "typed-secret-into-the-name-field";

    private ConsoleApp _app = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _app = await ConsoleApp.StartAsync();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task The_configured_account_is_the_systems_and_its_sign_in_and_sign_out_are_its_own()
    {
        using var browser = await _app.SignedInAsync();
        using (var left = await browser.SubmitAsync("logout", "logout"))
            Assert.Equal(HttpStatusCode.Redirect, left.StatusCode);
        var entries = await EntriesAsync();
        var created = entries.Single(e => e is { Action: AuditAction.Created, ObjectKind: AuditObject.User });
        Assert.Equal((AuditActorKind.System, ConsoleApp.AdminEmail), (created.ActorKind, created.ObjectName));
        Assert.Contains("\"role\":\"Admin\"", created.After, StringComparison.Ordinal);
        Assert.Contains("\"password\":\"(hidden)\"", created.After, StringComparison.Ordinal);
        foreach (var action in new[] { AuditAction.SignedIn, AuditAction.SignedOut })
        {
            var entry = entries.Single(e => e.Action == action);
            Assert.Equal((AuditActorKind.User, ConsoleApp.AdminEmail, "127.0.0.1"), (entry.ActorKind, entry.ActorName, entry.Address));
            Assert.Equal((AuditObject.User, ConsoleApp.AdminEmail, created.ObjectId), (entry.ObjectKind, entry.ObjectName, entry.ObjectId));
        }
    }

    [Fact]
    public async Task Failed_attempts_name_accounts_that_exist_and_nothing_that_was_typed()
    {
        using var browser = _app.CreateClient();
        foreach (var (name, password) in new[] { (ConsoleApp.AdminEmail, "wrong-password-1"), (Typed, "wrong-password-2"), ("ADMIN@example.com", Typed) })
        {
            using var response = await browser.SubmitAsync("login", "login", ("Input.Email", name), ("Input.Password", password));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        await using var db = Open();
        var rows = await db.FailedSignIns.AsNoTracking().ToListAsync(Stop);
        Assert.Equal(3, rows.Sum(f => f.Count));
        Assert.All(rows, f => Assert.Equal("127.0.0.1", f.Address));
        Assert.Equal(["", ConsoleApp.AdminEmail], rows.Select(f => f.Account).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_wrong_code_and_an_unknown_passkey_count_as_failed_attempts()
    {
        var user = await _app.AddUserAsync("ada@example.com", ConsoleApp.AdminPassword, Roles.Editor);
        var factors = _app.Services.GetRequiredService<SecondFactorService>();
        await factors.TurnOnAsync(user.Id, null, new Totp(Base32Encoding.ToBytes(await factors.BeginAsync(user.Id, null, Stop))).ComputeTotp(), Stop);
        using var browser = _app.CreateClient();
        (await browser.SubmitAsync("login", "login", ("Input.Email", user.Email!), ("Input.Password", ConsoleApp.AdminPassword))).Dispose();
        Assert.Empty(await FailuresAsync());
        (await browser.SubmitAsync("login?step=code", "code", ("CodeInput.Code", "12345"))).Dispose();
        Assert.Equal([(user.Email!, 1)], await FailuresAsync());
        using var request = new HttpRequestMessage(HttpMethod.Post, "login/passkey") { Content = JsonContent.Create(new { credential = "{}" }) };
        request.Headers.Add("X-Requested-With", "XMLHttpRequest");
        using (var answer = await browser.SendAsync(request, Stop))
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal([("", 1), (user.Email!, 1)], await FailuresAsync());
    }

    private async Task<List<(string, int)>> FailuresAsync()
    {
        await using var db = Open();
        return [.. (await db.FailedSignIns.AsNoTracking().ToListAsync(Stop)).GroupBy(f => f.Account).Select(g => (g.Key, g.Sum(f => f.Count))).Order()];
    }

    [Fact]
    public async Task An_invitation_its_use_and_a_changed_role()
    {
        var admin = AuditActor.OfUser(Guid.NewGuid(), ConsoleApp.AdminEmail, "192.0.2.7");
        string token;
        var accounts = _app.Services.GetRequiredService<AccountService>();
        using (AuditActor.Use(admin))
            token = await accounts.InviteAsync(new InvitationInput("bob@example.com", new AccountInput(Roles.Editor)), new Actor(ConsoleApp.AdminEmail), Stop);
        using var browser = _app.CreateClient();
        using (var response = await browser.SubmitAsync($"invite?token={token}", "invite", ("Input.Password", Password), ("Input.Repeat", Password)))
            Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        var bob = await FindAsync("bob@example.com");
        using (AuditActor.Use(admin))
        {
            await accounts.ChangeAsync(bob, new AccountInput(Roles.Viewer, MayRedeliver: true), Stop);
            await accounts.SignOutAsync(bob, Stop);
            await accounts.SetOnAsync(bob, false, Stop);
            await accounts.DeleteAsync(bob, Stop);
        }
        var entries = (await EntriesAsync()).SkipWhile(e => e.ObjectKind != AuditObject.Invitation).ToList();
        Assert.Equal(
            [
                (AuditAction.Created, AuditObject.Invitation, ConsoleApp.AdminEmail), (AuditAction.Accepted, AuditObject.Invitation, "bob@example.com"),
                (AuditAction.Created, AuditObject.User, "bob@example.com"), (AuditAction.SignedIn, AuditObject.User, "bob@example.com"),
                (AuditAction.Changed, AuditObject.User, ConsoleApp.AdminEmail), (AuditAction.Changed, AuditObject.User, ConsoleApp.AdminEmail),
                (AuditAction.Deleted, AuditObject.User, ConsoleApp.AdminEmail),
            ],
            entries.OrderBy(e => e.Id).Select(e => (e.Action, e.ObjectKind, e.ActorName)));
        Assert.Equal("""{"may_redeliver":false,"role":"Editor"}""", entries[4].Before);
        Assert.Equal("""{"may_redeliver":true,"role":"Viewer"}""", entries[4].After);
        Assert.Equal("""{"on":false}""", entries[5].After);
        await AssertNoneHasAsync(token, Password);
    }

    [Fact]
    public async Task A_new_password_is_told_of_and_not_what_it_is()
    {
        var user = await _app.AddUserAsync("carl@example.com");
        using (AuditActor.Use(AuditActor.OfUser(user.Id, "carl@example.com", "192.0.2.7")))
            Assert.Equal("", await _app.Services.GetRequiredService<PasswordService>().ChangeAsync(user.Id, ConsoleApp.AdminPassword, Password, cancellationToken: Stop));
        var changed = (await EntriesAsync())[^1];
        Assert.Equal(("""{"password":"(hidden)"}""", """{"password":"(hidden, changed)"}"""), (changed.Before, changed.After));
        await AssertNoneHasAsync(Password, ConsoleApp.AdminPassword);
    }

    [Fact]
    public async Task The_verb_counts_names_the_head_finds_a_hash_and_says_what_is_broken()
    {
        using (await _app.SignedInAsync())
        {
            await Eventually.TrueAsync(async () => (await EntriesAsync()) is { Count: > 0 } all && all.TrueForAll(e => e.Hash is not null));
        }
        var entries = await EntriesAsync();
        await _app.StopAsync();
        var head = AuditHash.DisplayText(entries[^1].Hash!);
        var run = await VerbAsync();
        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.StartsWith($"{entries.Count} entries checked. The chain is whole.", run.Output, StringComparison.Ordinal);
        Assert.Contains($"Head: {head} (entry {entries[^1].Id})", run.Output, StringComparison.Ordinal);
        run = await VerbAsync(AuditHash.DisplayText(entries[0].Hash!).ToUpperInvariant());
        Assert.Contains($"is in the chain (entry {entries[0].Id}).", run.Output, StringComparison.Ordinal);
        run = await VerbAsync(new string('0', 64));
        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Contains("is not in the chain", run.Error, StringComparison.Ordinal);
        Assert.Equal(new ProgramRun(2, "", "Usage: --verify-audit [HASH]"), await VerbAsync("abc"));

        await using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_app.DatabaseFile};Pooling=False"))
        {
            await connection.OpenAsync(Stop);
            using var change = connection.CreateCommand();
            change.CommandText = $"UPDATE AuditEntries SET ActorName = 'mallory' WHERE Id = {entries[1].Id}";
            await change.ExecuteNonQueryAsync(Stop);
        }
        run = await VerbAsync();
        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.StartsWith($"The audit log is not whole. The chain breaks at entry {entries[1].Id}:", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', run.Error);
    }

    [Fact]
    public async Task What_a_verb_does_is_the_command_lines()
    {
        var user = await _app.AddUserAsync("dora@example.com");
        Assert.Equal(0, (await ProgramRun.OfAsync($"--contentRoot={_app.Folder}", "--make-admin", "dora@example.com")).Code);
        Assert.Equal(0, (await ProgramRun.OfAsync($"--contentRoot={_app.Folder}", "--reset-password", "dora@example.com")).Code);
        var entries = (await EntriesAsync())[^2..];
        Assert.All(entries, e => Assert.Equal((AuditActorKind.System, "command line", user.Id.ToString()), (e.ActorKind, e.ActorName, e.ObjectId)));
        Assert.Equal([AuditAction.Changed, AuditAction.PasswordLinkCreated], entries.Select(e => e.Action));
    }

    private Task<ProgramRun> VerbAsync(params string[] hash) => ProgramRun.OfAsync([$"--contentRoot={_app.Folder}", "--verify-audit", .. hash]);

    private AtStatusDbContext Open() => _app.Services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContext();

    private async Task<Guid> FindAsync(string email)
    {
        await using var db = Open();
        return (await db.Users.SingleAsync(u => u.Email == email, Stop)).Id;
    }

    private async Task<List<AuditEntry>> EntriesAsync()
    {
        await using var db = Open();
        return await db.AuditEntries.AsNoTracking().OrderBy(e => e.Id).ToListAsync(Stop);
    }

    private async Task AssertNoneHasAsync(params string[] secrets) => Assert.All(
        await EntriesAsync(), e => Assert.All(secrets, s => Assert.DoesNotContain(s, $"{e.Before}{e.After}{e.ObjectName}{e.ActorName}", StringComparison.Ordinal)));
}
