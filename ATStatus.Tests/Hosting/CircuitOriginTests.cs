using System.Net;
using System.Net.WebSockets;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Hosting;

/// <summary>Which sites' pages may talk to the console's circuits.</summary>
public sealed class CircuitOriginTests(SharedConsole shared)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    // What names the same host, whatever the scheme; the port counts where Host has one.
    [InlineData("console.example", "http://console.example", true)]
    [InlineData("console.example", "https://console.example", true)]
    [InlineData("console.example", "https://console.example:8443", true)]
    [InlineData("Console.Example", "https://CONSOLE.example", true)]
    [InlineData("console.example.", "https://console.example", true)]
    [InlineData("console.example", "https://console.example.", true)]
    [InlineData("console.example:8443", "https://console.example:8443", true)]
    [InlineData("console.example:8443", "http://console.example:8443", true)]
    [InlineData("console.example:443", "https://console.example", true)]
    [InlineData("console.example:80", "http://console.example", true)]
    [InlineData("[::1]:5000", "http://[::1]:5000", true)]
    [InlineData("[0:0:0:0:0:0:0:1]:5000", "http://[::1]:5000", true)]
    [InlineData("[::1]", "http://[::1]:5000", true)]
    [InlineData("xn--bcher-kva.example", "https://xn--bcher-kva.example", true)]
    [InlineData("my_console", "http://my_console", true)]
    // What does not.
    [InlineData("console.example", "https://evil.example", false)]
    [InlineData("console.example", "https://console.example.evil.example", false)]
    [InlineData("console.example", "https://evil-console.example", false)]
    [InlineData("console.example", "https://sub.console.example", false)]
    [InlineData("console.example:8443", "https://console.example:9443", false)]
    [InlineData("console.example:8443", "https://console.example", false)]
    [InlineData("[::1]:5000", "http://[::2]:5000", false)]
    [InlineData("127.0.0.1:5000", "http://localhost:5000", false)]
    [InlineData("xn--bcher-kva.example", "https://bucher.example", false)]
    // What is no origin.
    [InlineData("console.example", "null", false)]
    [InlineData("console.example", "", false)]
    [InlineData("console.example", "console.example", false)]
    [InlineData("console.example", "//console.example", false)]
    [InlineData("console.example", "https://console.example/", false)]
    [InlineData("console.example", "https://console.example/path", false)]
    [InlineData("console.example", "https://evil.example@console.example", false)]
    [InlineData("console.example", "https://console.example@evil.example", false)]
    [InlineData("console.example", "https://console.example?x", false)]
    [InlineData("console.example", "https://console.example#x", false)]
    [InlineData("console.example", "https://console.example:port", false)]
    [InlineData("console.example", "https://console.example:99999", false)]
    [InlineData("console.example", "https://console.example:", false)]
    [InlineData("console.example", "https://evil.example https://console.example", false)]
    [InlineData("console.example", "https://evil.example, https://console.example", false)]
    [InlineData("console.example", "file://console.example", false)]
    [InlineData("console.example", "chrome-extension://console.example", false)]
    [InlineData("console.example", "https:\\\\console.example", false)]
    public async Task A_foreign_origin_is_refused(string host, string origin, bool isOwn)
    {
        var app = await shared.AppAsync();
        using var admin = await app.SignedInAsync();
        Assert.Equal(isOwn ? HttpStatusCode.OK : HttpStatusCode.Forbidden, await NegotiateAsync(admin, host, origin));
    }

    [Fact]
    public async Task What_has_no_origin_is_no_foreign_page()
    {
        var app = await shared.AppAsync();
        using var admin = await app.SignedInAsync();
        Assert.Equal(HttpStatusCode.OK, await NegotiateAsync(admin, "console.example", origin: null));
    }

    [Fact]
    public async Task Two_origins_are_none()
    {
        var app = await shared.AppAsync();
        Assert.Equal(403, await RawHttp.StatusAsync(
            app.Address, "GET /_blazor?id=x", "Host: console.example", "Origin: https://console.example", "Origin: https://evil.example"));
    }

    [Theory]
    [InlineData("POST", "_blazor/negotiate?negotiateVersion=1")]
    [InlineData("POST", "_BLAZOR/negotiate?negotiateVersion=1")]
    [InlineData("GET", "_blazor?id=1")]
    [InlineData("POST", "_blazor?id=1")]
    [InlineData("DELETE", "_blazor?id=1")]
    [InlineData("POST", "_blazor/disconnect")]
    [InlineData("POST", "_blazor/disconnect/")]
    [InlineData("GET", "_blazor/initializers")]
    public async Task Every_transport_and_endpoint_asks(string method, string path)
    {
        var app = await shared.AppAsync();
        using var admin = await app.SignedInAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.TryAddWithoutValidation("Origin", "https://evil.example");
        using var response = await admin.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal("This origin is not the console's.", await response.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task A_web_socket_opens_for_the_console_s_own_pages_alone()
    {
        await using var app = await ConsoleApp.StartAsync();
        var cookies = new CookieContainer();
        using var browser = new HttpClient(new SocketsHttpHandler { CookieContainer = cookies, AllowAutoRedirect = false }) { BaseAddress = app.Address };
        using (await browser.SubmitAsync("login", "login", ("Input.Email", ConsoleApp.AdminEmail), ("Input.Password", ConsoleApp.AdminPassword)))
        using (var own = await ConnectAsync(app.Address.GetLeftPart(UriPartial.Authority)))
            Assert.Equal(WebSocketState.Open, own.State);

        var refused = await Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync("https://evil.example"));
        Assert.Contains("403", refused.Message, StringComparison.Ordinal);
        Assert.Single(app.Logs, line => line.Contains("evil.example", StringComparison.Ordinal) && line.Contains("Hosting:PublicUrl", StringComparison.Ordinal));

        async Task<ClientWebSocket> ConnectAsync(string origin)
        {
            var socket = new ClientWebSocket();
            socket.Options.Cookies = cookies;
            socket.Options.SetRequestHeader("Origin", origin);
            await socket.ConnectAsync(new UriBuilder(new Uri(app.Address, "_blazor")) { Scheme = "ws" }.Uri, Stop);
            return socket;
        }
    }

    [Theory]
    [InlineData("https://console.example/ops", "https://console.example", true)]
    [InlineData("https://console.example/ops", "http://CONSOLE.example", true)]
    [InlineData("https://console.example/ops", "https://console.example:443", true)]
    [InlineData("https://console.example:8443/ops", "https://console.example:8443", true)]
    [InlineData("https://bücher.example/ops", "https://xn--bcher-kva.example", true)]
    [InlineData("https://[2001:db8::1]/ops", "https://[2001:db8:0::1]", true)]
    [InlineData("https://console.example/ops", "https://console.example:8443", false)]
    [InlineData("https://console.example:8443/ops", "https://console.example", false)]
    [InlineData("https://console.example/ops", "https://evil.example", false)]
    [InlineData("https://console.example/ops", "null", false)]
    public async Task The_public_url_is_the_console_s_own_behind_a_proxy_that_says_nothing(string publicUrl, string origin, bool isOwn)
    {
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions
        {
            Settings = new() { ["Hosting:PathBase"] = "/ops", ["Hosting:PublicUrl"] = publicUrl },
        });
        using var admin = await app.SignedInAsync();
        Assert.Equal(isOwn ? HttpStatusCode.OK : HttpStatusCode.Forbidden, await NegotiateAsync(admin, "127.0.0.1:5000", origin));
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.1.2.3", false)]
    public async Task The_host_is_the_one_that_a_known_proxy_forwards(string known, bool isOwn)
    {
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions { Settings = new() { ["Hosting:KnownProxies"] = known } });
        using var admin = await app.SignedInAsync();
        Assert.Equal(
            isOwn ? HttpStatusCode.OK : HttpStatusCode.Forbidden,
            await NegotiateAsync(admin, "127.0.0.1:5000", "https://console.example", ("X-Forwarded-Host", "console.example")));
    }

    private static async Task<HttpStatusCode> NegotiateAsync(HttpClient client, string host, string? origin, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "_blazor/negotiate?negotiateVersion=1");
        request.Headers.TryAddWithoutValidation("Host", host);
        if (origin is not null)
            request.Headers.TryAddWithoutValidation("Origin", origin);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await client.SendAsync(request, Stop);
        return response.StatusCode;
    }
}
