using System.Net;
using System.Net.Sockets;
using System.Text;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Admin.Hosting.Http;
using ATStatus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Access;

/// <summary>Strangers' pages are made in turns, and nobody slow holds a turn.</summary>
public sealed class StrangerPagesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Strangers_wait_for_each_other_and_others_do_not()
    {
        await using var app = await ConsoleApp.StartAsync();
        using var admin = await app.SignedInAsync();
        using var known = await app.SignedInAsync();
        (await known.SubmitAsync("logout", "logout")).Dispose();
        using var stranger = app.CreateClient();

        var pages = app.Services.GetRequiredService<StrangerPages>();
        var turns = new List<StrangerTurn>();
        for (var i = 0; i < Math.Max(1, Environment.ProcessorCount / 2); i++)
            turns.Add((await pages.TakeAsync(Stop))!);
        var waiting = stranger.GetAsync("login", Stop);
        using (var page = await admin.GetAsync("admin", Stop))
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        using (var page = await admin.GetAsync("logout", Stop))
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        using (var page = await known.GetAsync("login", Stop))
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.False(waiting.IsCompleted);

        turns.ForEach(turn => turn.Dispose());
        using var served = await waiting;
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
    }

    [Fact]
    public async Task A_stranger_whose_password_waits_holds_no_turn()
    {
        await using var app = await ConsoleApp.StartAsync();
        using var stranger = app.CreateClient();
        var place = await app.Services.GetRequiredService<PasswordChecks>().EnterAsync(trusted: false, Stop);
        var waiting = Enumerable.Range(0, PasswordChecks.QueueLength)
            .Select(i => stranger.SubmitAsync("login", "login", ("Input.Email", $"user{i}@example.com"), ("Input.Password", "wrong"))).ToList();
        using var another = app.CreateClient();
        using (var page = await another.GetAsync("login", Stop))
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.DoesNotContain(waiting, task => task.IsCompleted);

        place.Dispose();
        foreach (var response in await Task.WhenAll(waiting))
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            response.Dispose();
        }
    }

    [Fact]
    public async Task A_stranger_who_reads_nothing_holds_no_turn()
    {
        await using var app = await ConsoleApp.StartAsync();
        using var deaf = new TcpClient { ReceiveBufferSize = 4096 };
        await deaf.ConnectAsync(IPAddress.Loopback, app.Address.Port, Stop);
        // More pages than the buffers on the way take.
        await deaf.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat($"GET /login HTTP/1.1\r\nHost: {app.Address.Authority}\r\n\r\n", 400))), Stop);
        using var stranger = app.CreateClient();
        for (var i = 0; i < 20; i++)
        {
            using var page = await stranger.GetAsync("login", Stop);
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        }
    }
}
