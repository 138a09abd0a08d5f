using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using ATStatus.Admin.Hosting.Http;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Hosting;

/// <summary>Connections of strangers neither hold up a stop nor keep operators out.</summary>
public sealed class OpenConnectionTests
{
    private const string Drip = "Host: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\na=";

    /// <summary>With it the host waits for more than five minutes for what it has to wait for.</summary>
    private static readonly Dictionary<string, string> LongWaits = new() { ["Webhooks:Timeout"] = "00:05:00" };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("POST /login HTTP/1.1\r\n" + Drip)]
    [InlineData("POST /nothing HTTP/1.1\r\n" + Drip)]
    [InlineData("POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\nab")]
    [InlineData("GET /login HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")]
    [InlineData("GET /lo")]
    [InlineData("")]
    public async Task What_only_arrives_is_cut_off_by_a_stop(string beginning)
    {
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions { Settings = LongWaits });
        var strangers = new List<TcpClient>();
        for (var i = 0; i < 5; i++)
            strangers.Add(await RawHttp.BeginAsync(app.Address, beginning));
        using var dripping = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        // Bytes go on coming, so that no limit for silence ends it.
        var drips = Task.WhenAll(strangers.Select(stranger => DripAsync(stranger, dripping.Token)));
        await app.StopAsync().WaitAsync(TimeSpan.FromSeconds(60), Stop);
        await Task.WhenAll(strangers.Select(RawHttp.ClosedAsync));
        await dripping.CancelAsync();
        await drips;
        strangers.ForEach(stranger => stranger.Dispose());
        Findings.AssertNone(app.Logs.Where(line => line.Contains("   at ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_answer_that_nobody_reads_does_not_hold_up_a_stop()
    {
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions
        {
            Settings = LongWaits,
            Map = host => host.MapGet("/endless", async (HttpContext context) =>
            {
                while (true)
                    await context.Response.Body.WriteAsync(new byte[4096], context.RequestAborted);
            }).AllowAnonymous(),
        });
        using var stranger = await RawHttp.BeginAsync(app.Address, "GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await stranger.GetStream().ReadExactlyAsync(new byte[100], Stop);
        await app.StopAsync().WaitAsync(TimeSpan.FromSeconds(60), Stop);
    }

    [Fact]
    public async Task A_page_that_does_not_say_goodbye_does_not_hold_up_a_stop()
    {
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions { Settings = LongWaits });
        var cookies = new CookieContainer();
        using var signIn = new HttpClient(new SocketsHttpHandler { CookieContainer = cookies, AllowAutoRedirect = false }) { BaseAddress = app.Address };
        using (await signIn.SubmitAsync("login", "login", ("Input.Email", ConsoleApp.AdminEmail), ("Input.Password", ConsoleApp.AdminPassword)))
        using (var socket = new ClientWebSocket())
        {
            socket.Options.Cookies = cookies;
            await socket.ConnectAsync(new UriBuilder(new Uri(app.Address, "_blazor")) { Scheme = "ws" }.Uri, Stop);
            await socket.SendAsync(Encoding.UTF8.GetBytes("{\"protocol\":\"json\",\"version\":1}\u001e"), WebSocketMessageType.Text, true, Stop);
            // Nothing is read any more: no close frame is answered.
            await app.StopAsync().WaitAsync(TimeSpan.FromSeconds(60), Stop);
        }
    }

    [Fact]
    public async Task A_send_in_flight_is_waited_for_beside_strangers_that_are_not()
    {
        var answer = new TaskCompletionSource();
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200).After(answer.Task));
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions { Settings = LongWaits });
        await app.Services.GetRequiredService<NotificationService>().CreateAsync(
            new NotificationInput("webhook", "Receiver", new(receiver.Url.AbsoluteUri, "s3cret"), new([EventType.IncidentCreated])));
        var page = await app.Services.GetRequiredService<StatusPageService>().CreateAsync(new StatusPageInput("Main", "main"), Stop);
        await app.Services.GetRequiredService<IncidentService>().CreateAsync(
            new IncidentInput(page, "Down", IncidentSeverity.Minor, IncidentStatus.Investigating, "It is.", []), new Actor("op"));
        await receiver.WaitForAsync(1);
        using var stranger = await RawHttp.BeginAsync(app.Address, "POST /login HTTP/1.1\r\n" + Drip);
        var stopping = app.StopAsync();
        await RawHttp.ClosedAsync(stranger);
        Assert.False(stopping.IsCompleted);
        answer.SetResult();
        await stopping.WaitAsync(TimeSpan.FromSeconds(60), Stop);
        await using var again = await ConsoleApp.StartAsync(new ConsoleAppOptions { Folder = app.Folder });
        await using var db = await again.Services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);
        Assert.Equal(DeliveryState.Delivered, (await db.Deliveries.SingleAsync(Stop)).State);
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task Too_many_that_wait_make_room_for_one_that_has_just_come()
    {
        var answer = new TaskCompletionSource();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions
        {
            Configure = builder => builder.Services.AddSingleton(new ConnectionLimits(Waiting: 5, Grace: TimeSpan.FromSeconds(3))),
            Map = host => host.MapGet("/slow", async () =>
            {
                asked.SetResult();
                await answer.Task;
                return "done";
            }).AllowAnonymous(),
        });
        using var browser = app.CreateClient();
        var answered = browser.GetStringAsync("slow", Stop);
        await asked.Task.WaitAsync(Stop);
        var strangers = new List<TcpClient>();
        for (var i = 0; i < 12; i++)
            strangers.Add(await RawHttp.BeginAsync(app.Address, i % 2 == 0 ? "GET /lo" : "POST /login HTTP/1.1\r\n" + Drip));

        // The first have gone, the operator's page that is being answered has not, and another is let in.
        await Task.WhenAll(strangers.Take(7).Select(RawHttp.ClosedAsync));
        using var operatorsBrowser = app.CreateClient();
        Assert.Equal("Healthy", await operatorsBrowser.GetStringAsync("healthz/live", Stop));
        answer.SetResult();
        Assert.Equal("done", await answered);
        strangers.ForEach(stranger => stranger.Dispose());
    }

    private static async Task DripAsync(TcpClient stranger, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
                await stranger.GetStream().WriteAsync("a"u8.ToArray(), stop);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
        }
    }
}
