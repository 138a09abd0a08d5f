using System.Net;
using System.Runtime.CompilerServices;
using ATStatus.Admin.Hosting;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Identity;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ATStatus.Tests.Support;

/// <summary>
/// The whole console, started as the program starts it: real Kestrel on a free port of 127.0.0.1, a SQLite file of its
/// own, real job servers. As many at once as a test wants.
/// </summary>
public sealed class ConsoleApp : IAsyncDisposable
{
    public const string AdminEmail = "admin@example.com";
    public const string AdminPassword = "correct horse battery staple";

    private static readonly ConditionalWeakTable<HttpClient, CookieContainer> Cookies = [];

    private readonly bool _ownsFolder;
    private readonly ConsoleAppOptions _options;
    private readonly CapturedLogs _logs = new();
    private readonly StringWriter _output = new();
    private WebApplication? _app;

    private ConsoleApp(ConsoleAppOptions options)
    {
        _options = options;
        _ownsFolder = options.Folder is null;
        Folder = options.Folder ?? Directory.CreateTempSubdirectory("atstatus-").FullName;
    }

    /// <summary>The content root: what the default database and relative paths are relative to.</summary>
    public string Folder { get; }

    public string DatabaseFile => Path.Combine(Folder, "data", "atstatus.db");

    /// <summary>Where it listens, path base included, ending with a slash.</summary>
    public Uri Address => new(_app!.Urls.First() + (_options.Settings.GetValueOrDefault("Hosting:PathBase") ?? "").TrimEnd('/') + "/");

    public IServiceProvider Services => _app!.Services;

    /// <summary>What was printed on the console, the log apart.</summary>
    public string Output => _output.ToString();

    /// <summary>Every line that was logged at Information or above, exceptions included.</summary>
    public IReadOnlyCollection<string> Logs => _logs.Lines;

    /// <summary>Starts a console with a first account (<see cref="AdminEmail"/>), in Development unless told otherwise.</summary>
    public static async Task<ConsoleApp> StartAsync(ConsoleAppOptions? options = null)
    {
        var console = new ConsoleApp(options ?? new ConsoleAppOptions());
        try
        {
            await console.StartHostAsync();
            return console;
        }
        catch
        {
            await console.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops as SIGTERM does and starts again on the same database.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartHostAsync();
    }

    /// <summary>Stops as SIGTERM does; the database file stays until this is disposed.</summary>
    public async Task StopAsync()
    {
        if (_app is null)
            return;
        await _app.StopAsync();
        await CloseHostAsync();
    }

    /// <summary>A browser: keeps cookies; follows redirects only when asked to, so that tests see them.</summary>
    public HttpClient CreateClient(bool followRedirects = false)
    {
        var cookies = new CookieContainer();
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = followRedirects, CookieContainer = cookies, UseProxy = false }, disposeHandler: true)
        {
            BaseAddress = Address,
        };
        Cookies.Add(client, cookies);
        return client;
    }

    /// <summary>What a browser of <see cref="CreateClient"/> sends as its <c>Cookie</c> header.</summary>
    public static string CookiesOf(HttpClient browser) =>
        Cookies.TryGetValue(browser, out var cookies) ? cookies.GetCookieHeader(browser.BaseAddress!) : "";

    /// <summary>A browser in which somebody has signed in through the page.</summary>
    public async Task<HttpClient> SignedInAsync(string email = AdminEmail, string password = AdminPassword, bool followRedirects = false)
    {
        var client = CreateClient(followRedirects);
        using var response = await client.SubmitAsync("login", "login", ("Input.Email", email), ("Input.Password", password));
        Assert.True(
            response.StatusCode == HttpStatusCode.Redirect || (followRedirects && response.IsSuccessStatusCode),
            $"Signing in answered {(int)response.StatusCode}.");
        return client;
    }

    /// <summary>Adds an account; without roles it reads.</summary>
    public async Task<User> AddUserAsync(string email, string password = AdminPassword, params string[] roles)
    {
        await using var scope = Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        var user = new User { UserName = email, Email = email, EmailConfirmed = true };
        Assert.True((await users.CreateAsync(user, password)).Succeeded);
        var known = scope.ServiceProvider.GetRequiredService<RoleManager<Role>>();
        foreach (var role in roles)
        {
            if (!await known.RoleExistsAsync(role))
                Assert.True((await known.CreateAsync(new Role { Id = Guid.NewGuid(), Name = role })).Succeeded);
        }
        if (roles.Length > 0)
            Assert.True((await users.AddToRolesAsync(user, roles)).Succeeded);
        return user;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await CloseHostAsync();
        _output.Dispose();
        _logs.Dispose();
        if (_ownsFolder)
            Directory.Delete(Folder, recursive: true);
    }

    private async Task StartHostAsync()
    {
        if (_options.MigratedDatabase && !File.Exists(DatabaseFile))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(DatabaseFile)!);
            File.Copy(await MigratedDatabase.FileAsync(), DatabaseFile);
            // As the console would have made it; it warns of what others can read.
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(DatabaseFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        _app = AdminHost.Build(_options.ToArguments(Folder), builder =>
        {
            builder.Logging.ClearProviders();
            builder.Logging.AddProvider(_logs);
            builder.Services.AddSingleton(new StartOutput(_output));
            // Nearly every test makes an account and signs in: what costs an attacker time would cost it as much.
            builder.Services.Configure<PasswordHasherOptions>(options => options.IterationCount = 1_000);
            if (_options.SharesDatabase)
                builder.Services.AddSingleton(new InstanceOptions(SingleInstance: false));
            builder.Services.DemandOrderedQueries();
            _options.Configure?.Invoke(builder);
        });
        _options.Map?.Invoke(_app);
        await AdminHost.StartAsync(_app);
    }

    private async Task CloseHostAsync()
    {
        if (_app is null)
            return;
        var database = Services.GetRequiredService<DatabaseOptions>();
        await _app.DisposeAsync();
        _app = null;
        if (database.Provider != DatabaseProvider.Sqlite)
            return;
        using var connection = new SqliteConnection(database.ConnectionString);
        SqliteConnection.ClearPool(connection);
    }
}

/// <summary>How a <see cref="ConsoleApp"/> is started.</summary>
public sealed record ConsoleAppOptions
{
    /// <summary>Settings by key, as on the command line: <c>["Webhooks:MaxAttempts"] = "1"</c>.</summary>
    public Dictionary<string, string> Settings { get; init; } = [];

    public string Environment { get; init; } = Environments.Development;

    /// <summary>Whether the account of <see cref="ConsoleApp.AdminEmail"/> is made at start.</summary>
    public bool FirstAccount { get; init; } = true;

    /// <summary>Whether to begin with a copy of a database that is migrated already, which saves most of a start.</summary>
    public bool MigratedDatabase { get; init; } = true;

    /// <summary>Whether other consoles use the same database at the same time; a SQLite file then lets them.</summary>
    public bool SharesDatabase { get; init; }

    /// <summary>The content root of an earlier console; a temporary one of its own when not said.</summary>
    public string? Folder { get; init; }

    /// <summary>Replaces services.</summary>
    public Action<WebApplicationBuilder>? Configure { get; init; }

    /// <summary>Maps endpoints of the test's own.</summary>
    public Action<WebApplication>? Map { get; init; }

    internal string[] ToArguments(string folder)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["environment"] = Environment,
            ["contentRoot"] = folder,
            ["urls"] = "http://127.0.0.1:0",
            ["Webhooks:Workers"] = "4",
            ["Logging:LogLevel:Default"] = "Information",
            ["Logging:LogLevel:Microsoft"] = "Warning",
            ["Logging:LogLevel:Hangfire"] = "Warning",
        };
        if (FirstAccount)
        {
            settings["Admin:Email"] = ConsoleApp.AdminEmail;
            settings["Admin:Password"] = ConsoleApp.AdminPassword;
        }
        foreach (var (key, value) in Settings)
            settings[key] = value;
        return [.. settings.Select(setting => $"--{setting.Key}={setting.Value}")];
    }
}
