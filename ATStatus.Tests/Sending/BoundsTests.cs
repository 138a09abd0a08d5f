using System.IO.Compression;
using System.Net;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Sending;

/// <summary>
/// What a receiver cannot make the sender do: wait, read, keep or unpack without end, or hold connections. Each over a real socket that
/// speaks whatever bytes it likes. The limits of what is kept, byte by byte, are in <see cref="ResponseExcerptTests"/>.
/// </summary>
public sealed class BoundsTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\n";
    private static readonly TimeSpan Drip = TimeSpan.FromMilliseconds(5);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_body_that_drips_is_left_at_the_limit()
    {
        var result = await AnsweredAsync(ScriptedResponse.Repeating(Ok + "Content-Length: 1000000\r\n\r\n", "x", Drip), TimeSpan.FromMilliseconds(300));

        Assert.Equal(SendVerdict.Delivered, result.Verdict);
        Assert.True(result.ResponseBodyTruncated);
        Assert.InRange(result.ResponseBody!.Length, 1, 1000);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nX-Slow: ")]
    public async Task Headers_that_drip_end_at_the_limit(string beginning)
    {
        var result = await AnsweredAsync(ScriptedResponse.Repeating(beginning, beginning.Length == 0 ? "H" : "x", Drip), TimeSpan.FromMilliseconds(300));

        Assert.Null(result.StatusCode);
        Assert.Contains(result.Failure, new FailureKind?[] { FailureKind.Timeout, FailureKind.Connection });
    }

    [Theory]
    [InlineData(Ok, "X-Many: 1\r\n")]
    [InlineData(Ok + "X-Long: ", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    [InlineData(Ok, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    [InlineData("HTTP/1.1 200 ", "OK, and more of that. ")]
    [InlineData(Ok + "X-Folded: 1\r\n", " folded\r\n")]
    public async Task Headers_without_end_are_too_large(string beginning, string piece)
    {
        var result = await AnsweredAsync(ScriptedResponse.Repeating(beginning, piece));

        Assert.Equal((FailureKind.Connection, SendVerdict.Retry), (result.Failure, result.Verdict));
        Assert.Equal("The response's headers are too large.", result.Error);
        Assert.Empty(result.ResponseHeaders);
    }

    [Fact]
    public async Task Of_thousands_of_headers_few_are_kept()
    {
        var lines = string.Concat(Enumerable.Range(0, 5000).Select(i => $"X-{i}: 1\r\n"));

        var result = await AnsweredAsync(ScriptedResponse.Raw($"{Ok}{lines}Content-Length: 0\r\n\r\n"));

        Assert.Equal(SendVerdict.Delivered, result.Verdict);
        Assert.Equal(32, result.ResponseHeaders.Count);
    }

    [Theory]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\n")]
    [InlineData("HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n")]
    [InlineData("HTTP/1.1 199 Whatever\r\n\r\n")]
    public async Task Interim_answers_without_end_end_the_attempt(string interim)
    {
        var result = await AnsweredAsync(ScriptedResponse.Repeating("", interim), TimeSpan.FromMilliseconds(500));

        Assert.Null(result.StatusCode);
        Assert.Equal(SendVerdict.Retry, result.Verdict);
    }

    [Fact]
    public async Task A_few_interim_answers_are_passed_over()
    {
        var interim = string.Concat(Enumerable.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 20));

        var result = await AnsweredAsync(ScriptedResponse.Raw($"HTTP/1.1 100 Continue\r\n\r\n{interim}{Ok}Content-Length: 4\r\n\r\nbody"));

        Assert.Equal((SendVerdict.Delivered, 200, "body"), (result.Verdict, result.StatusCode, result.ResponseBody));
        Assert.DoesNotContain(result.ResponseHeaders, h => h.Key == "Link");
    }

    [Fact]
    public async Task Switching_protocols_is_no_success()
    {
        var result = await AnsweredAsync(ScriptedResponse.Raw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"));

        Assert.Equal((FailureKind.HttpStatus, 101, SendVerdict.Retry), (result.Failure, result.StatusCode, result.Verdict));
    }

    [Theory]
    [InlineData("5;ext=", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    [InlineData("0\r\n", "X-Trailer: 1\r\n")]
    [InlineData("0\r\nX-Trailer: ", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    [InlineData("", "1\r\nx\r\n")]
    [InlineData("", "00000000000000000000000000000000")]
    public async Task A_chunked_body_without_end_changes_nothing_about_the_status(string beginning, string piece)
    {
        var result = await AnsweredAsync(
            ScriptedResponse.Repeating($"{Ok}Transfer-Encoding: chunked\r\n\r\n{beginning}", piece), TimeSpan.FromSeconds(1));

        Assert.Equal((SendVerdict.Delivered, true), (result.Verdict, result.ResponseBodyTruncated));
        Assert.InRange(result.ResponseBody!.Length, 0, 16 * 1024);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task A_compressed_body_is_named_and_never_unpacked(string encoding)
    {
        var bomb = Compressed(encoding, 64 * 1024 * 1024);
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200, bomb, ("Content-Encoding", encoding), ("Content-Type", "text/plain")));
        using var rig = new SendingRig();

        var result = await rig.SendAsync(receiver.Url);

        Assert.Null(receiver.Requests[0].Header("Accept-Encoding"));
        Assert.Equal($"compressed ({encoding})", result.ResponseBody);
        Assert.Equal(bomb.Length > 16 * 1024, result.ResponseBodyTruncated);
        Assert.Contains(KeyValuePair.Create("Content-Encoding", encoding), result.ResponseHeaders);
    }

    [Fact]
    public async Task A_receiver_that_moves_is_found_when_its_connection_has_served_its_time()
    {
        await using var before = LoopbackReceiver.StartAt(IPAddress.Parse("127.0.0.4"));
        await using var after = LoopbackReceiver.StartBeside(before, IPAddress.Parse("127.0.0.5"));
        using var rig = new SendingRig(connectionLifetime: TimeSpan.FromMilliseconds(50));
        rig.Resolver.Add("moving.example", "127.0.0.4");
        await rig.SendAsync(before.UrlFor("moving.example"));

        rig.Resolver.Set("moving.example", "127.0.0.5");
        await Eventually.TrueAsync(async () =>
        {
            await rig.SendAsync(before.UrlFor("moving.example"));
            return after.Requests.Count > 0;
        });

        var sent = before.Requests.Count;
        await rig.SendAsync(before.UrlFor("moving.example"));
        Assert.Equal(sent, before.Requests.Count);
    }

    [Fact]
    public async Task An_idle_connection_is_closed()
    {
        await using var receiver = LoopbackReceiver.Start();
        using var rig = new SendingRig(idleLifetime: TimeSpan.FromMilliseconds(50));

        await rig.SendAsync(receiver.Url);

        await Eventually.TrueAsync(() => receiver.OpenConnections == 0);
        Assert.Equal(1, receiver.Connections);
    }

    [Fact]
    public async Task One_server_gets_as_many_connections_as_there_are_workers_and_a_few_tests_need()
    {
        var signal = new TaskCompletionSource();
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200).After(signal.Task));
        using var rig = new SendingRig(new WebhookOptions { AllowedNetworks = SendingRig.Loopback, Workers = 4, Timeout = TimeSpan.FromMinutes(1) });
        var most = rig.Options.Workers + rig.Options.RetryWorkers + OutboundHttp.TestsAtOnce;

        var sending = Enumerable.Range(0, most + 10).Select(_ => rig.SendAsync(receiver.Url)).ToList();
        await Eventually.TrueAsync(() => receiver.Requests.Count == most);
        signal.SetResult();
        var results = await Task.WhenAll(sending);

        Assert.All(results, r => Assert.Equal(SendVerdict.Delivered, r.Verdict));
        Assert.Equal(most, receiver.MostAtOnce);
    }

    private static byte[] Compressed(string encoding, int length)
    {
        using var output = new MemoryStream();
        using (Stream stream = encoding switch
        {
            "gzip" => new GZipStream(output, CompressionLevel.SmallestSize),
            "br" => new BrotliStream(output, CompressionLevel.Optimal),
            _ => new ZLibStream(output, CompressionLevel.SmallestSize),
        })
        {
            var block = new byte[64 * 1024];
            Array.Fill(block, (byte)'A');
            for (var written = 0; written < length; written += block.Length)
                stream.Write(block);
        }
        return output.ToArray();
    }

    private static async Task<SendResult> AnsweredAsync(ScriptedResponse answer, TimeSpan? timeout = null)
    {
        await using var receiver = LoopbackReceiver.Start(answer);
        using var rig = new SendingRig(new WebhookOptions { AllowedNetworks = SendingRig.Loopback, Timeout = timeout ?? TimeSpan.FromMinutes(1) });
        return await rig.SendAsync(receiver.Url).WaitAsync(TimeSpan.FromSeconds(30), Token);
    }
}

/// <summary>What one delivery may cost in memory. Alone, since what is counted is the whole process's.</summary>
[CollectionDefinition(nameof(MemoryBoundTests), DisableParallelization = true)]
[Collection(nameof(MemoryBoundTests))]
public sealed class MemoryBoundTests
{
    private const int Deliveries = 200;

    /// <summary>Generous: an attempt keeps 16 KiB of a body and 8 KiB of headers, and reads them through a few buffers.</summary>
    private const long PerDelivery = 512 * 1024;

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", "an endless body, and so on. ")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "10\r\n0123456789abcdef\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n", "X-Endless: header\r\n")]
    [InlineData("", "HTTP/1.1 100 Continue\r\n\r\n")]
    public async Task Endless_answers_cost_a_bounded_amount(string beginning, string piece)
    {
        // One piece is small, so that what the receiver sends costs nothing that is counted.
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Repeating(beginning, string.Concat(Enumerable.Repeat(piece, 100))));
        using var rig = new SendingRig(new WebhookOptions { AllowedNetworks = SendingRig.Loopback, Timeout = TimeSpan.FromMilliseconds(500) });
        await rig.SendAsync(receiver.Url);
        var live = GC.GetTotalMemory(forceFullCollection: true);
        var allocated = GC.GetTotalAllocatedBytes(precise: true);

        var results = new List<SendResult>();
        for (var i = 0; i < Deliveries; i += 20)
            results.AddRange(await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => rig.SendAsync(receiver.Url))));

        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        live = GC.GetTotalMemory(forceFullCollection: true) - live;
        TestContext.Current.TestOutputHelper?.WriteLine($"{allocated / Deliveries} bytes allocated and {live / Deliveries} kept for each");
        Assert.Equal(Deliveries, results.Count);
        Assert.InRange(allocated, 0, Deliveries * PerDelivery);
        Assert.InRange(live, long.MinValue, Deliveries * 64 * 1024);
    }
}
