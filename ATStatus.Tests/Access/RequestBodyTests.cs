using System.Net;
using System.Net.Sockets;
using System.Text;
using ATStatus.Admin.Hosting.Http;
using ATStatus.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ATStatus.Tests.Access;

/// <summary>How much can be sent to the console.</summary>
public sealed class RequestBodyTests(SharedConsole shared)
{
    private const int Form = 8 * 1024, Program = 64 * 1024, Circuit = 1024 * 1024;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("POST", "/login", Form)]
    [InlineData("POST", "/setup", Form)]
    [InlineData("POST", "/reset-password", Form)]
    [InlineData("POST", "/logout", Form)]
    [InlineData("POST", "/admin", Program)]
    [InlineData("POST", "/hangfire/jobs/enqueued/delete", Program)]
    [InlineData("PUT", "/nowhere/at/all", Program)]
    [InlineData("GET", "/healthz/live", Program)]
    [InlineData("POST", "/_blazor/negotiate", Circuit)]
    [InlineData("POST", "/_blazor", Circuit)]
    public async Task A_body_that_is_announced_too_long_is_refused_before_any_of_it_is_sent(string method, string path, int limit)
    {
        var app = await shared.AppAsync();
        Assert.Equal("HTTP/1.1 413 Payload Too Large", await FirstLineAsync(app, $"{method} {path}", $"Content-Length: {limit + 1}"));
        // What is allowed is judged by what it is.
        Assert.DoesNotContain("413", await FirstLineAsync(app, $"{method} {path}", "Content-Length: 3", "a=b"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/login")]
    [InlineData("/setup")]
    [InlineData("/reset-password")]
    public async Task A_form_of_unknown_length_is_refused_when_it_has_grown_too_long(string path)
    {
        var app = await shared.AppAsync();
        var chunks = string.Concat(Enumerable.Repeat($"400\r\n{new string('a', 0x400)}\r\n", 9));
        // The end of the body is never sent.
        Assert.Equal("HTTP/1.1 413 Payload Too Large", await FirstLineAsync(app, $"POST {path}", "Transfer-Encoding: chunked", chunks));
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded; charset=utf-7", "a=b")]
    [InlineData("application/x-www-form-urlencoded; charset=none-such", "a=b")]
    [InlineData("application/x-www-form-urlencoded; charset=\"\"", "a=b")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name")]
    [InlineData("multipart/form-data; boundary=x; boundary=y", "a=b")]
    [InlineData("multipart/form-data", "a=b")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb")]
    public async Task A_form_that_cannot_be_read_is_the_senders_fault_and_none_of_the_logs(string type, string body)
    {
        var app = await shared.AppAsync();
        using var client = app.CreateClient();
        using var admin = await app.SignedInAsync();
        var logged = app.Logs.Count;
        foreach (var (sender, path) in (IEnumerable<(HttpClient, string)>)
            [
                (client, "login"), (client, "setup"), (client, "reset-password?token=x"), (client, "logout"), (client, "error"), (client, "problem/404"),
                (client, "admin"), (client, "nowhere"), (admin, "admin"), (admin, "admin/incidents/new"),
            ])
        {
            using var content = new ByteArrayContent(Encoding.ASCII.GetBytes(body));
            Assert.True(content.Headers.TryAddWithoutValidation("Content-Type", type));
            using var response = await sender.PostAsync(path, content, Stop);
            Assert.True((int)response.StatusCode is >= 300 and < 500, $"{path}: {(int)response.StatusCode}");
        }
        Assert.DoesNotContain(app.Logs.Skip(logged), line => line.StartsWith("Error", StringComparison.Ordinal) || line.Contains("   at ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_form_that_arrives_too_slowly_is_the_senders_fault_and_none_of_the_logs()
    {
        var app = await shared.AppAsync();
        var logged = app.Logs.Count;
        // A few bytes a second, for longer than Kestrel waits for a faster sender (5 s).
        string[] paths = ["login", "setup", "reset-password", "logout", "admin", "nowhere", "api/v1/incidents"];
        var answers = await Task.WhenAll(paths.Select(async path =>
        {
            using var stranger = await RawHttp.BeginAsync(
                app.Address, $"POST /{path} HTTP/1.1\r\nHost: {app.Address.Authority}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\na=");
            using var reader = new StreamReader(stranger.GetStream());
            var answer = reader.ReadLineAsync(Stop).AsTask();
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            try
            {
                while (!answer.IsCompleted && await timer.WaitForNextTickAsync(Stop))
                    await stranger.GetStream().WriteAsync("a"u8.ToArray(), Stop);
            }
            catch (IOException)
            {
                // Closed, and answered or not.
            }
            return await answer;
        }));
        Assert.All(answers, answer => Assert.Matches("^HTTP/1.1 (4|3)", answer));
        Findings.AssertNone(app.Logs.Skip(logged).Where(line => line.StartsWith("Error", StringComparison.Ordinal) || line.Contains("   at ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_circuit_takes_messages_that_a_form_does_not()
    {
        var app = await shared.AppAsync();
        using var admin = await app.SignedInAsync();
        using var negotiated = await admin.PostAsync("_blazor/negotiate?negotiateVersion=1", null, Stop);
        var token = System.Text.Json.JsonDocument.Parse(await negotiated.Content.ReadAsStringAsync(Stop)).RootElement.GetProperty("connectionToken").GetString();
        var poll = admin.GetAsync($"_blazor?id={token}", Stop);
        // The handshake and the beginning of a message of 300,000 bytes.
        using var message = new ByteArrayContent([.. "{\"protocol\":\"blazorpack\",\"version\":1}\u001e"u8, 0xE0, 0xA7, 0x12, .. new byte[200_000]]);
        using var sent = await admin.PostAsync($"_blazor?id={token}", message, Stop);
        Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
        using var closed = await admin.DeleteAsync($"_blazor?id={token}", Stop);
        (await poll).Dispose();
    }

    [Fact]
    public async Task The_page_of_a_failure_comes_whatever_had_been_sent()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        app.UseExceptionHandler("/error");
        app.UseRouting();
        app.UseRequestBodyLimits();
        app.MapPost("/fails", (RequestDelegate)(_ => throw new InvalidOperationException()));
        app.Map("/error", () => Results.Text("The page", statusCode: 500)).WithMetadata(new ExcludeFromInteractiveRoutingAttribute());
        await app.StartAsync(Stop);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        using var body = new ByteArrayContent(new byte[Form + 1]);
        using var response = await client.PostAsync("fails", body, Stop);
        Assert.Equal((HttpStatusCode.InternalServerError, "The page"), (response.StatusCode, await response.Content.ReadAsStringAsync(Stop)));
    }

    [Fact]
    public async Task A_sender_who_has_gone_is_no_failure_even_before_the_framework_knows_it()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var app = builder.Build();
        var failures = 0;
        app.Use(async (context, next) =>
        {
            try
            {
                await next(context);
            }
            catch (Exception)
            {
                failures++;
                throw;
            }
        });
        app.UseRouting();
        app.UseRequestBodyLimits();
        // As Kestrel wraps it.
        app.MapPost("/aborted", (RequestDelegate)(_ => throw new TaskCanceledException("", new ConnectionAbortedException())));
        app.MapPost("/reset", (RequestDelegate)(_ => throw new ConnectionResetException("")));
        app.MapPost("/fails", (RequestDelegate)(_ => throw new OperationCanceledException()));
        await app.StartAsync(Stop);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        foreach (var path in (string[])["aborted", "reset", "fails"])
            (await client.PostAsync(path, null, Stop)).Dispose();
        Assert.Equal(1, failures);
    }

    private static async Task<string> FirstLineAsync(ConsoleApp app, string request, string header, string body = "")
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, app.Address.Port, Stop);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"{request} HTTP/1.1\r\nHost: {app.Address.Authority}\r\nContent-Type: application/x-www-form-urlencoded\r\n{header}\r\n\r\n{body}"), Stop);
        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync(Stop) ?? "";
    }
}
