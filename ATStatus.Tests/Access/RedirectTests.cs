using System.Net;
using System.Text;
using System.Text.Json;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using ATStatus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using OtpNet;

namespace ATStatus.Tests.Access;

/// <summary>
/// Every way in that leads back to an address which somebody gave it, with addresses that lead elsewhere. Where each redirect goes is asked of a
/// browser's own reading of addresses (WHATWG URL), not of this program's.
/// </summary>
public sealed class RedirectTests : IAsyncLifetime
{
    private static readonly string[] Hostile =
    [
        "//evil.example/", "///evil.example/", "////evil.example/", "/\\evil.example/", "\\/evil.example/", "\\\\evil.example/", "/\t/evil.example/", "/\n/evil.example/",
        "/\r/evil.example/", "\t//evil.example/", " //evil.example/", "/ /evil.example/", "/\0/evil.example/", "/\u0085/evil.example/", "/\u00A0/evil.example/",
        "/\u2028/evil.example/", "/\uFF0Fevil.example/", "/\u3002evil.example/", "//google\u3002com/", "%2F%2Fevil.example/", "/%2Fevil.example/", "/%5Cevil.example/",
        "/%09/evil.example/", "/.//evil.example/", "/..//evil.example/", "/x/../..//evil.example/", "/./\\evil.example/", "https://evil.example/", "https:evil.example/",
        "https:/evil.example/", "http:\\\\evil.example/", "//evil.example@127.0.0.1/", "/@evil.example/", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)",
        "/javascript:alert(1)", "data:text/html,<script>alert(1)</script>", "vbscript:x", "evil.example", "@evil.example", ".evil.example", ":80@evil.example/", "?//evil.example/", "",
    ];

    private IdentityProvider _provider = null!;
    private ConsoleApp _app = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _provider = await IdentityProvider.StartAsync();
        _provider.Groups = ["status-editors"];
        _app = await ConsoleApp.StartAsync(new ConsoleAppOptions { Settings = new(_provider.Settings) { ["Hosting:PathBase"] = "/ops" } });
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task No_way_in_leads_out_of_the_console()
    {
        TestRequirement.Node.Demand();
        var codes = new Queue<string>(await SetUpSecondStepAsync());
        using var signedIn = await _app.SignedInAsync();
        var targets = new List<(string Way, string Asked, string? Target)>();
        foreach (var url in Hostile)
        {
            var asked = Uri.EscapeDataString(url);
            using (var already = await signedIn.GetAsync($"login?returnUrl={asked}", Stop))
                targets.Add(("signed in already", url, TargetOf(already)));
            using (var browser = _app.CreateClient())
            {
                using var form = await browser.SubmitAsync($"login?returnUrl={asked}", "login", ("Input.Email", ConsoleApp.AdminEmail), ("Input.Password", ConsoleApp.AdminPassword));
                targets.Add(("the form", url, TargetOf(form)));
            }
            // The longer ways for as many as there are codes: all of them end in the same place.
            if (!codes.TryDequeue(out var code))
                continue;
            using (var browser = _app.CreateClient())
                targets.Add(("the identity provider", url, await ThroughProviderAsync(browser, asked)));
            using (var browser = _app.CreateClient())
            {
                using var first = await browser.SubmitAsync($"login?returnUrl={asked}", "login", ("Input.Email", "ada@example.com"), ("Input.Password", ConsoleApp.AdminPassword));
                targets.Add(("the first step", url, TargetOf(first)));
                using var second = await browser.SubmitAsync(
                    first.Headers.Location!.OriginalString.Replace("step=code", "step=recovery", StringComparison.Ordinal), "code", ("CodeInput.Code", code));
                targets.Add(("the second step", url, TargetOf(second) ?? (await second.Content.ReadAsStringAsync(Stop)).Split("role=\"alert\">").ElementAtOrDefault(1)?[..80]));
            }
        }
        await AssertStayAsync(targets);
    }

    [Fact]
    public async Task A_stranger_s_address_is_remembered_only_where_it_is_the_console_s()
    {
        TestRequirement.Node.Demand();
        var targets = new List<(string Way, string Asked, string? Target)>();
        foreach (var path in (string[])["/ops//evil.example/", "//evil.example/", "/ops/%5Cevil.example/", "/ops/%2F%2Fevil.example", "/ops/.//evil.example", "/evil.example//evil.example", "/ops/@evil.example"])
        {
            var refused = await RawHttp.AnswerAsync(_app.Address, $"GET {path}", $"Host: {_app.Address.Authority}");
            var target = refused.Split("\r\n").SingleOrDefault(line => line.StartsWith("Location: ", StringComparison.OrdinalIgnoreCase))?["Location: ".Length..];
            targets.Add(("a stranger", path, target));
            if (target is null)
                continue;
            using var browser = _app.CreateClient();
            using var form = await browser.SubmitAsync(target, "login", ("Input.Email", ConsoleApp.AdminEmail), ("Input.Password", ConsoleApp.AdminPassword));
            targets.Add(("and back", path, TargetOf(form)));
        }
        Assert.True(targets.Count > 7);
        await AssertStayAsync(targets);
    }

    /// <summary>That a browser on a page of the console stays on its host and under its path.</summary>
    private async Task AssertStayAsync(IReadOnlyList<(string Way, string Asked, string? Target)> targets)
    {
        Findings.AssertNone(targets.Where(t => t.Target is null).Select(t => $"{t.Way} {t.Asked} leads nowhere"));
        var read = await NodeScript.MapAsync(
            $"function handle(line) {{ return new URL(JSON.parse(line), {JsonSerializer.Serialize(new Uri(_app.Address, "login").AbsoluteUri)}).origin; }}",
            [.. targets.Select(t => Encoding.UTF8.GetBytes(JsonSerializer.Serialize(t.Target)))], Stop);
        var own = _app.Address.GetLeftPart(UriPartial.Authority);
        Findings.AssertNone(targets.Zip(read).Where(t => t.Second != own || !t.First.Target!.StartsWith("/ops/", StringComparison.Ordinal)).Select(t => $"{t.First} leads to {t.Second}"));
    }

    private async Task<IReadOnlyList<string>> SetUpSecondStepAsync()
    {
        var ada = await _app.AddUserAsync("ada@example.com", ConsoleApp.AdminPassword, Roles.Editor);
        var service = _app.Services.GetRequiredService<SecondFactorService>();
        var secret = await service.BeginAsync(ada.Id, null, Stop);
        return await service.TurnOnAsync(ada.Id, null, new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp(), Stop);
    }

    /// <summary>Follows the redirects as a browser does, as far as the console's last.</summary>
    private async Task<string?> ThroughProviderAsync(HttpClient browser, string asked)
    {
        var next = new Uri(_app.Address, $"login/external?returnUrl={asked}");
        for (var steps = 0; steps < 10; steps++)
        {
            using var answer = await browser.GetAsync(next, Stop);
            if (next.AbsolutePath == "/ops/login/external/done")
                return TargetOf(answer);
            next = new Uri(next, answer.Headers.Location!);
        }
        return null;
    }

    private static string? TargetOf(HttpResponseMessage answer) => answer.StatusCode == HttpStatusCode.Redirect ? answer.Headers.Location?.OriginalString : null;
}
