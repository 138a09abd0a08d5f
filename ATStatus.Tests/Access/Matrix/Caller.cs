using System.Net.Http.Headers;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Access.Matrix;

/// <summary>Somebody who asks for an address, with what they show of themselves.</summary>
internal sealed class Caller : IDisposable
{
    private readonly HttpClient _client;

    private Caller(string name, HttpClient client) => (Name, _client) = (name, client);

    public string Name { get; }

    /// <summary>Whether a session is open.</summary>
    public bool IsSignedIn { get; private init; }

    /// <summary>Whether the session may see more than the own account.</summary>
    public bool HasShownEnough { get; private init; } = true;

    public IReadOnlyCollection<Right> Rights { get; private init; } = [];

    /// <summary>The scopes of a key that works; null without one.</summary>
    public IReadOnlyCollection<string>? Scopes { get; private init; }

    /// <summary>Whether the scrapers' token is shown.</summary>
    public bool IsScraper { get; private init; }

    public static Caller Stranger(ConsoleApp app) => new("nobody", Client(app));

    public static Caller Scraper(ConsoleApp app, string token) => new("a scraper", Client(app, bearer: token)) { IsScraper = true };

    /// <summary>Signs in an account that is made for it, and of which the table of rights says that it has these rights.</summary>
    public static async Task<Caller> AccountAsync(ConsoleApp app, string name, AccountInput account, params Right[] rights)
    {
        var (_, cookie) = await SignInAsync(app, account);
        return new(name, Client(app, cookie)) { IsSignedIn = true, Rights = rights };
    }

    /// <summary>The cookie of a session that was ended on the server.</summary>
    public static async Task<Caller> EndedAsync(ConsoleApp app, string how, Func<Guid, HttpClient, Task> end)
    {
        var (id, cookie) = await SignInAsync(app, new AccountInput(Roles.Admin), end);
        Assert.NotEqual(Guid.Empty, id);
        return new(how, Client(app, cookie));
    }

    /// <summary>An Admin who has not shown the second factor that is required.</summary>
    public static async Task<Caller> HalfwayAsync(ConsoleApp app)
    {
        var (_, cookie) = await SignInAsync(app, new AccountInput(Roles.Admin));
        return new("Admin without the required second factor", Client(app, cookie)) { IsSignedIn = true, HasShownEnough = false };
    }

    /// <summary>Shows a key, which works where nothing has become of it since.</summary>
    public static async Task<Caller> KeyAsync(ConsoleApp app, string name, IReadOnlyCollection<string> scopes, Action<ApiKey>? change = null)
    {
        var text = ApiKey.Generate();
        var key = new ApiKey
        {
            Name = name,
            Prefix = text[..ApiKey.PrefixLength],
            Hash = ApiKey.HashOf(text),
            Scopes = [.. scopes],
            CreatedAt = DateTime.UtcNow,
            CreatedBy = "matrix",
        };
        change?.Invoke(key);
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync();
        db.ApiKeys.Add(key);
        await db.SaveChangesAsync();
        return new(name, Client(app, bearer: text)) { Scopes = change is null ? scopes : null };
    }

    /// <summary>Asks for an address.</summary>
    public async Task<HttpResponseMessage> SendAsync(string method, string address, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        // As the page's own script does.
        if (address.Contains("passkey", StringComparison.Ordinal))
            request.Headers.Add("X-Requested-With", "XMLHttpRequest");
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
    }

    public void Dispose() => _client.Dispose();

    private static async Task<(Guid Id, string Cookie)> SignInAsync(ConsoleApp app, AccountInput account, Func<Guid, HttpClient, Task>? then = null)
    {
        var user = await app.AddUserAsync($"{Guid.NewGuid():N}@example.com");
        await app.Services.GetRequiredService<AccountService>().ChangeAsync(user.Id, account);
        using var browser = await app.SignedInAsync(user.Email!);
        var cookie = ConsoleApp.CookiesOf(browser);
        if (then is not null)
            await then(user.Id, browser);
        return (user.Id, cookie);
    }

    // It keeps what it was given: an answer that takes a cookie away takes nothing from the next question.
    private static HttpClient Client(ConsoleApp app, string? cookie = null, string? bearer = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }) { BaseAddress = app.Address };
        if (cookie is not null)
            client.DefaultRequestHeaders.Add("Cookie", cookie);
        if (bearer is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        return client;
    }
}
