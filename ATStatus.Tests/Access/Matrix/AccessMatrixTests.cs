using System.Globalization;
using System.Text;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Tests.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Access.Matrix;

/// <summary>
/// Everybody asks for everything: each mapped address, by each of its methods, as each kind of caller, and is answered as <see cref="AccessTable"/>
/// says. The whole matrix is left in <c>artifacts/access-matrix.md</c>.
/// </summary>
public sealed class AccessMatrixTests : IAsyncLifetime
{
    private const string MetricsToken = "0123456789abcdef-matrix";

    private IdentityProvider _provider = null!;
    private ConsoleApp _app = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _provider = await IdentityProvider.StartAsync();
        _app = await ConsoleApp.StartAsync(new ConsoleAppOptions
        {
            Environment = "Production",
            Settings = new(_provider.Settings) { ["Metrics:Token"] = MetricsToken, ["Api:RequestsPerMinute"] = "never" },
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public void Every_mapped_address_has_a_row_and_every_row_an_address()
    {
        var mapped = MappedRoutes.Of(_app).Select(route => route.Name).ToHashSet();
        Findings.AssertNone(mapped.Except(AccessTable.Rows.Keys).Order());
        Findings.AssertNone(AccessTable.Rows.Keys.Except(mapped).Order());
        // The walk saw the places of every kind.
        foreach (var place in (string[])["/admin", "/hangfire", "/_blazor", "/api/v1/incidents", "/metrics", "/healthz", "/login/external"])
            Assert.Contains(mapped, name => name.Contains($" {place}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_caller_is_answered_as_the_table_says()
    {
        var callers = await CallersAsync();
        var matrix = new StringBuilder();
        var wrong = new List<string>();
        try
        {
            var asked = await AskAsync(callers, matrix, wrong);
            // From here on every other session has only its own account.
            callers.Add(await Caller.HalfwayAsync(_app));
            await RequireSecondFactorAsync();
            asked += await AskAsync([callers[^1]], matrix, wrong);
            Assert.Equal(AccessTable.Rows.Keys.Sum(name => name[..name.IndexOf(' ', StringComparison.Ordinal)].Split(',').Length) * callers.Count, asked);
            TestContext.Current.SendDiagnosticMessage($"{AccessTable.Rows.Count} addresses, {callers.Count} callers, {asked} answers, {wrong.Count} wrong");
        }
        finally
        {
            callers.ForEach(caller => caller.Dispose());
            await File.WriteAllTextAsync(RepositoryFolder.Artifact("", "access-matrix.md"), matrix.ToString(), Stop);
        }
        Findings.AssertNone(wrong);
    }

    [Fact]
    public async Task Files_are_open_and_none_of_them_is_a_page_or_a_database()
    {
        var files = MappedRoutes.Files(_app);
        Assert.All(files, file => Assert.NotNull(file.Metadata.GetMetadata<IAllowAnonymous>()));
        Assert.Contains(files, file => file.RoutePattern.RawText!.Contains("MudBlazor.min.css", StringComparison.Ordinal));
        Assert.DoesNotContain(files, file => file.RoutePattern.RawText!.EndsWith(".html", StringComparison.Ordinal) || file.RoutePattern.RawText.EndsWith(".db", StringComparison.Ordinal));
        using var stranger = Caller.Stranger(_app);
        var script = files.First(file => file.RoutePattern.RawText!.Contains("blazor.web", StringComparison.Ordinal) && file.RoutePattern.RawText.EndsWith(".js", StringComparison.Ordinal));
        using var answer = await stranger.SendAsync("GET", script.RoutePattern.RawText!, Stop);
        Assert.True(answer.IsSuccessStatusCode);
    }

    [Fact]
    public async Task An_address_that_is_mapped_nowhere_says_so_only_to_who_is_signed_in()
    {
        using var stranger = Caller.Stranger(_app);
        using var viewer = await Caller.AccountAsync(_app, Roles.Viewer, new AccountInput(Roles.Viewer));
        foreach (var address in (string[])["admin/nothing-here", "nothing", "admin/users/export", "admin/incidents/abc"])
        {
            using var refused = await stranger.SendAsync("GET", address, Stop);
            Assert.Equal(Verdict.Unknown, Audience.Read(address, refused));
            using var missing = await viewer.SendAsync("GET", address, Stop);
            Assert.Equal(404, (int)missing.StatusCode);
            Assert.Contains("Page not found", await missing.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        }
    }

    private async Task<int> AskAsync(List<Caller> callers, StringBuilder matrix, List<string> wrong)
    {
        var asked = 0;
        matrix.AppendLine().Append("| address | ").AppendJoin(" | ", callers.Select(caller => caller.Name)).AppendLine(" |");
        matrix.Append("| --- |").Insert(matrix.Length, " --- |", callers.Count).AppendLine();
        foreach (var route in MappedRoutes.Of(_app).Where(route => AccessTable.Rows.ContainsKey(route.Name)).OrderBy(route => route.Pattern, StringComparer.Ordinal))
        {
            var audience = AccessTable.Rows[route.Name];
            foreach (var method in route.Methods)
            {
                matrix.Append(CultureInfo.InvariantCulture, $"| `{method} {route.Pattern}` |");
                foreach (var caller in callers)
                {
                    using var answer = await caller.SendAsync(method, route.Address, Stop);
                    asked++;
                    matrix.Append(CultureInfo.InvariantCulture, $" {(int)answer.StatusCode} |");
                    var (expected, found) = (Audience.Judge(audience, caller), Audience.Read(route.Pattern, answer));
                    // The dashboard takes no POST without its token, from any caller.
                    if (expected == Verdict.Allowed && method == "POST" && route.Pattern.StartsWith("/hangfire", StringComparison.Ordinal))
                        expected = Verdict.Forbidden;
                    if (found != expected)
                        wrong.Add($"{method} {route.Pattern} ({audience}) as {caller.Name}: {(int)answer.StatusCode}, expected {expected}");
                }
                matrix.AppendLine();
            }
        }
        return asked;
    }

    private async Task<List<Caller>> CallersAsync()
    {
        var accounts = _app.Services.GetRequiredService<AccountService>();
        string[] read = [.. ApiScopes.All.Where(scope => scope.StartsWith("read:", StringComparison.Ordinal))];
        return
        [
            Caller.Stranger(_app),
            await Caller.AccountAsync(_app, "Viewer", new AccountInput(Roles.Viewer)),
            await Caller.AccountAsync(_app, "Viewer, May see payloads", new AccountInput(Roles.Viewer, MaySeePayloads: true), Right.SeePayloads),
            await Caller.AccountAsync(_app, "Viewer, May redeliver", new AccountInput(Roles.Viewer, MayRedeliver: true), Right.Redeliver),
            await Caller.AccountAsync(_app, "Editor", new AccountInput(Roles.Editor, true, true), Right.SeePayloads, Right.Redeliver, Right.WriteStatus),
            await Caller.AccountAsync(_app, "Editor, both switches off", new AccountInput(Roles.Editor), Right.WriteStatus),
            await Caller.AccountAsync(_app, "Admin", new AccountInput(Roles.Admin), Enum.GetValues<Right>()),
            await Caller.EndedAsync(_app, "a session that signed out", (_, browser) => browser.SubmitAsync("logout", "logout")),
            await Caller.EndedAsync(_app, "a session that an Admin ended", (id, _) => accounts.SignOutAsync(id, Stop)),
            await Caller.EndedAsync(_app, "a session before a demotion", (id, _) => accounts.ChangeAsync(id, new AccountInput(Roles.Viewer), Stop)),
            await Caller.EndedAsync(_app, "a session of an account switched off", (id, _) => accounts.SetOnAsync(id, isOn: false, Stop)),
            await Caller.KeyAsync(_app, "a key without scopes", []),
            await Caller.KeyAsync(_app, "a key that reads", read),
            await Caller.KeyAsync(_app, "a key that writes", [.. ApiScopes.All.Except(read)]),
            await Caller.KeyAsync(_app, "a key that was revoked", ApiScopes.All, key => key.Revoke(DateTime.UtcNow)),
            await Caller.KeyAsync(_app, "a key that expired", ApiScopes.All, key => key.ExpiresAt = DateTime.UtcNow.AddSeconds(-1)),
            Caller.Scraper(_app, MetricsToken),
        ];
    }

    private async Task RequireSecondFactorAsync()
    {
        var strong = Guid.NewGuid();
        await using (var db = await _app.Services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop))
        {
            var admin = await db.Users.SingleAsync(u => u.Email == ConsoleApp.AdminEmail, Stop);
            db.Sessions.Add(new Session
            {
                Id = strong,
                UserId = admin.Id,
                IsStrong = true,
                Address = "",
                Device = "",
                BegunAt = DateTime.UtcNow,
                LastSeenAt = DateTime.UtcNow,
                EndsAt = DateTime.UtcNow.AddHours(1),
            });
            await db.SaveChangesAsync(Stop);
        }
        await _app.Services.GetRequiredService<AccountService>().RequireSecondFactorAsync(required: true, strong, Stop);
    }
}
