using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Bench.Browser;

/// <summary>
/// The console as a process of its own on a fresh SQLite file, with a browser window that is signed in, and a key to its REST API by which
/// it is filled: so the same works with any build of it.
/// </summary>
internal sealed class ConsoleSite : IAsyncDisposable
{
    private const string Email = "bench@example.com";
    private const string Password = "only for this bench";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _folder;
    private readonly string _program;
    private readonly IBrowserContext _context;
    private ConsoleProcess _process;

    private ConsoleSite(string folder, string program, IBrowserContext context, IPage page, ConsoleProcess process) =>
        (_folder, _program, _context, Page, _process) = (folder, program, context, page, process);

    public IPage Page { get; }

    public HttpClient Api { get; private set; } = default!;

    public string DatabaseFile => Path.Combine(_folder, "bench.db");

    /// <param name="browser">Where the window opens.</param>
    /// <param name="program">The ATStatus.Admin.dll of another build; null for this one.</param>
    public static async Task<ConsoleSite> StartAsync(IBrowser browser, string? program = null)
    {
        var folder = Directory.CreateTempSubdirectory("atstatus-bench-").FullName;
        program ??= Path.Combine(AppContext.BaseDirectory, "ATStatus.Admin.dll");
        var process = await StartProcessAsync(program, folder);
        var context = await browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = 1280, Height = 800 },
            ReducedMotion = ReducedMotion.Reduce,
            Locale = "en-GB",
            TimezoneId = "UTC",
        });
        context.SetDefaultTimeout((float)Patience.TotalMilliseconds);
        await context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await context.AddInitScriptAsync(PageContent.Watch);
        var site = new ConsoleSite(folder, program, context, await context.NewPageAsync(), process);
        await site.SignInAsync();
        site.Connect(await site.CreateKeyAsync());
        return site;
    }

    /// <summary>Ends the process and starts it anew on the same database: it remembers nothing of what was written behind its back.</summary>
    public async Task RestartAsync()
    {
        await _process.TerminateAsync(Patience);
        _process.Dispose();
        _process = await StartProcessAsync(_program, _folder);
        Connect(Api.DefaultRequestHeaders.Authorization!.Parameter!);
    }

    /// <summary>Opens one of its pages and waits until its content is there.</summary>
    /// <returns>Milliseconds from the navigation to the last change of the page.</returns>
    public async Task<double> OpenAsync(string path)
    {
        await Page.GotoAsync(new Uri(_process.Address, path).AbsoluteUri, new() { WaitUntil = WaitUntilState.Commit });
        return await PageContent.SettledAsync(Page);
    }

    public async Task<JsonElement> GetAsync(string path) => await ReadAsync(await Api.GetAsync(path));

    public async Task<JsonElement> PostAsync(string path, object body) => await ReadAsync(await Api.PostAsJsonAsync(path, body));

    public async Task<JsonElement> PatchAsync(string path, object body) => await ReadAsync(await Api.PatchAsJsonAsync(path, body));

    /// <summary>The number of what was made.</summary>
    public async Task<int> CreateAsync(string path, object body) => (await PostAsync(path, body)).GetProperty("id").GetInt32();

    /// <summary>Waits until the answer to a GET is as expected.</summary>
    public async Task UntilAsync(string path, Func<JsonElement, bool> isThere)
    {
        var end = DateTime.UtcNow + Patience;
        while (!isThere(await GetAsync(path)))
        {
            if (DateTime.UtcNow > end)
                throw new TimeoutException($"{path} did not become what was expected.");
            await Task.Delay(20);
        }
    }

    public static string Text(DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static Task<ConsoleProcess> StartProcessAsync(string program, string folder) => ConsoleProcess.StartAsync(
        program, folder, new Dictionary<string, string?>(),
        $"--ConnectionStrings:ATStatus=Data Source={Path.Combine(folder, "bench.db")}", "--Logging:LogLevel:Default=Error",
        "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Information", $"--Admin:Email={Email}", $"--Admin:Password={Password}",
        // A failure is there at once, and nothing is held back or deleted meanwhile.
        "--Webhooks:MaxAttempts=1", "--Webhooks:CircuitFailures=0", "--Webhooks:KeepDelivered=never", "--Webhooks:KeepFailed=never",
        "--Api:RequestsPerMinute=never");

    private async Task SignInAsync()
    {
        await Page.GotoAsync(new Uri(_process.Address, "login").AbsoluteUri);
        await Page.GetByLabel("Email", new() { Exact = true }).FillAsync(Email);
        await Page.GetByLabel("Password", new() { Exact = true }).FillAsync(Password);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in", Exact = true }).ClickAsync();
        await Page.WaitForURLAsync("**/admin");
    }

    private async Task<string> CreateKeyAsync()
    {
        await OpenAsync("admin/api-keys");
        await Page.GetByRole(AriaRole.Button, new() { Name = "Create API key" }).ClickAsync();
        var dialog = Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("Name", new() { Exact = true }).FillAsync("Bench");
        foreach (var scope in await dialog.GetByRole(AriaRole.Checkbox).AllAsync())
            await scope.CheckAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        return await Page.GetByRole(AriaRole.Textbox, new() { Name = "API key" }).InputValueAsync();
    }

    private void Connect(string key)
    {
        Api?.Dispose();
        Api = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(_process.Address, "api/v1/") };
        Api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync();
            var request = response.RequestMessage!;
            return response.IsSuccessStatusCode
                ? JsonSerializer.Deserialize<JsonElement>(text)
                : throw new InvalidOperationException($"{request.Method} {request.RequestUri}: {(int)response.StatusCode} {text}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        Api.Dispose();
        await _process.TerminateAsync(Patience);
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
