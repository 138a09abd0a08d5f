using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using ATStatus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Api;

/// <summary>
/// Calls the API of a real console from outside, with a key that may do everything unless a test makes another. Every answer is held against
/// the document that the console serves.
/// </summary>
public abstract class ApiTest : IAsyncLifetime
{
    // Every console serves the same document, so one is made and read; two tests that begin at once may read two.
    private static ApiContract? _contract;

    private readonly HashSet<string> _succeeded = [];
    private HttpClient? _client;

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected ConsoleApp App { get; private set; } = null!;

    /// <summary>The key of <see cref="SendAsync"/>.</summary>
    protected string Key { get; private set; } = "";

    protected static ApiContract Contract => _contract!;

    /// <summary>The operations of the document that have answered a success.</summary>
    protected IReadOnlySet<string> Succeeded => _succeeded;

    protected virtual ConsoleAppOptions Options => new() { Environment = "Production", Settings = { ["Webhooks:AllowedNetworks"] = "127.0.0.0/8" } };

    public virtual async ValueTask InitializeAsync()
    {
        App = await ConsoleApp.StartAsync(Options);
        _client = App.CreateClient();
        _contract ??= new ApiContract(await _client.GetStringAsync("api/v1/openapi.json", Stop));
        Key = await MakeKeyAsync("everything", [.. ApiScopes.All]);
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _client?.Dispose();
        if (App is not null)
            await App.DisposeAsync();
    }

    protected T Get<T>()
        where T : notnull => App.Services.GetRequiredService<T>();

    protected async Task<string> MakeKeyAsync(string name, params string[] scopes) =>
        (await Get<ApiKeyService>().CreateAsync(new ApiKeyInput(name, scopes, ApiKeyExpiry.Never), new Actor("op@example.com"), Stop)).Text;

    /// <summary>Sends a request and checks its answer.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">Below <c>/api/v1/</c>, with the query.</param>
    /// <param name="body">What becomes the JSON body; a text is sent as it is.</param>
    /// <param name="key">Another key; empty for none.</param>
    /// <param name="headers">Further headers.</param>
    protected async Task<Answer> SendAsync(
        HttpMethod method, string path, object? body = null, string? key = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, $"api/v1/{path}");
        if ((key ?? Key) is { Length: > 0 } shown)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", shown);
        if (body is not null)
            request.Content = new StringContent(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content!.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
        }
        using var response = await _client!.SendAsync(request, Stop);
        var text = await response.Content.ReadAsStringAsync(Stop);
        var operation = Contract.Check(
            method.Method, $"/api/v1/{path.Split('?')[0]}", (int)response.StatusCode, response.Content.Headers.ContentType?.ToString(), text);
        if (response.IsSuccessStatusCode)
        {
            lock (_succeeded) _succeeded.Add(operation);
        }
        return new Answer(
            response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text),
            response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(",", h.Value), StringComparer.OrdinalIgnoreCase));
    }

    protected Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    protected Task<Answer> PostAsync(string path, object? body = null) => SendAsync(HttpMethod.Post, path, body);

    protected Task<Answer> PatchAsync(string path, object body) => SendAsync(HttpMethod.Patch, path, body);

    protected Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    /// <summary>Makes a page and returns its number.</summary>
    protected async Task<int> AddPageAsync(string name = "Main Status") => (await PostAsync("statuspages", new { name })).Is(HttpStatusCode.Created).Id;

    /// <summary>Adds a component and returns its number.</summary>
    protected async Task<int> AddComponentAsync(int page, string name) =>
        (await PostAsync("components", new { name, statusPageId = page })).Is(HttpStatusCode.Created).Id;

    /// <summary>What the API answered.</summary>
    protected sealed record Answer(HttpStatusCode Status, JsonNode? Body, IReadOnlyDictionary<string, string> Headers)
    {
        public int Id => (int)Body!["id"]!;

        public JsonNode? this[string field] => Body![field];

        public string? ETag => Headers.GetValueOrDefault("ETag");

        public IReadOnlyList<long> EventIds =>
            [.. (Headers.GetValueOrDefault("X-Event-Ids") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(id => long.Parse(id, CultureInfo.InvariantCulture))];

        /// <summary>The fields that are wrong.</summary>
        public IEnumerable<string> Errors => Body?["errors"]?.AsObject().Select(e => e.Key) ?? [];

        public Answer Is(HttpStatusCode status)
        {
            Assert.True(Status == status, $"Expected {(int)status}, but {(int)Status} was answered: {Body}");
            return this;
        }

        public string Text(string field) => (string)Body![field]!;
    }
}
