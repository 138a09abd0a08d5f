using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ATStatus.Tests.Sending;

/// <summary>Look-ups that block: on threads of their own, bounded, one for a name, and slow names behind each other only.</summary>
public sealed class NameLookupTests : IDisposable
{
    private static readonly IPAddress[] Found = [IPAddress.Parse("192.0.2.1")];
    private readonly FakeTimeProvider _clock = new();
    private readonly BlockingNames _names = new();
    private readonly NameLookups _lookups;

    public NameLookupTests() => _lookups = new NameLookups(_names.Find, _clock);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _names.Dispose();

    [Fact]
    public async Task A_name_that_answers_waits_for_none_of_sixty_that_do_not()
    {
        var dead = Enumerable.Range(0, 60).Select(i => _lookups.ResolveAsync(BlockingNames.Dead(i), Stop)).ToArray();
        await Eventually.TrueAsync(() => _names.Asked.Count == 60);

        Assert.Equal(Found, await _lookups.ResolveAsync("well.example", Stop).WaitAsync(TimeSpan.FromSeconds(30), Stop));

        Assert.All(dead, lookup => Assert.False(lookup.IsCompleted));
        Assert.All(_names.Asked, asked => Assert.False(asked.OnPool));
        _names.FailAll();
        foreach (var lookup in dead)
            Assert.Equal(SocketError.TryAgain, (await Assert.ThrowsAnyAsync<SocketException>(() => lookup)).SocketErrorCode);
        // Nobody asks any more: no thread is kept.
        await Eventually.TrueAsync(() => _lookups.Running == (0, 0));
    }

    [Fact]
    public async Task Who_asks_for_a_name_that_is_being_looked_up_shares_the_result()
    {
        var asking = Enumerable.Range(0, 20).Select(i => _lookups.ResolveAsync(i % 2 == 0 ? BlockingNames.Dead(0) : BlockingNames.Dead(0).ToUpperInvariant(), Stop)).ToArray();
        await Eventually.TrueAsync(() => _names.Asked.Count == 1);
        Assert.Equal((1, 0), _lookups.Running);
        _names.AnswerAll();
        foreach (var found in await Task.WhenAll(asking))
            Assert.Equal(Found, found);
        Assert.Single(_names.Asked);
        // Nothing is remembered but that it was not slow: the next one asks anew.
        await _lookups.ResolveAsync("well.example", Stop);
        await _lookups.ResolveAsync("well.example", Stop);
        Assert.Equal(3, _names.Asked.Count);
    }

    [Fact]
    public async Task Names_that_timed_out_share_a_few_threads_until_they_answer_again()
    {
        await TimeOutAsync(60);
        Assert.Equal(60, _lookups.Remembered);

        var again = Enumerable.Range(0, 60).Select(i => _lookups.ResolveAsync(BlockingNames.Dead(i), Stop)).ToArray();
        await Eventually.TrueAsync(() => _names.Asked.Count == 60 + NameLookups.SlowThreads);
        Assert.Equal((0, NameLookups.SlowThreads), _lookups.Running);
        Assert.All(_names.Asked.Skip(60), asked => Assert.Equal("Slow name look-up", asked.Thread));
        Assert.Equal(Found, await _lookups.ResolveAsync("well.example", Stop).WaitAsync(TimeSpan.FromSeconds(30), Stop));

        _names.AnswerAll();
        foreach (var found in await Task.WhenAll(again).WaitAsync(TimeSpan.FromSeconds(30), Stop))
            Assert.Equal(Found, found);
        Assert.Equal(0, _lookups.Remembered);
        Assert.Equal(Found, await _lookups.ResolveAsync(BlockingNames.Dead(0), Stop));
        Assert.Equal("Name look-up", _names.Asked.Last().Thread);
    }

    [Fact]
    public async Task A_name_that_is_refused_at_once_is_not_slow()
    {
        var asking = _lookups.ResolveAsync(BlockingNames.Dead(0), Stop);
        await Eventually.TrueAsync(() => _names.Asked.Count == 1);
        _names.FailAll();
        await Assert.ThrowsAnyAsync<SocketException>(() => asking);
        Assert.Equal(0, _lookups.Remembered);
    }

    [Fact]
    public async Task Whoever_gives_up_leaves_and_a_name_that_nobody_waits_for_is_not_looked_up()
    {
        var dead = Enumerable.Range(0, NameLookups.Threads).Select(i => _lookups.ResolveAsync(BlockingNames.Dead(i), Stop)).ToArray();
        await Eventually.TrueAsync(() => _names.Asked.Count == NameLookups.Threads);
        using var limit = new CancellationTokenSource();
        var queued = _lookups.ResolveAsync("queued.example", limit.Token);
        var patient = _lookups.ResolveAsync("patient.example", Stop);
        Assert.Equal((NameLookups.Threads, 0), _lookups.Running);

        await limit.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => queued.WaitAsync(TimeSpan.FromSeconds(30), Stop));
        _names.AnswerAll();

        Assert.Equal(Found, await patient.WaitAsync(TimeSpan.FromSeconds(30), Stop));
        await Task.WhenAll(dead);
        Assert.DoesNotContain(_names.Asked, asked => asked.Host == "queued.example");
        // It is asked for again as if nothing had been.
        Assert.Equal(Found, await _lookups.ResolveAsync("queued.example", Stop));
    }

    [Fact]
    public async Task A_slow_name_comes_to_its_turn_although_nobody_waits_for_it_any_more()
    {
        await TimeOutAsync(NameLookups.SlowThreads + 1);
        var dead = Enumerable.Range(0, NameLookups.SlowThreads).Select(i => _lookups.ResolveAsync(BlockingNames.Dead(i), Stop)).ToArray();
        using var limit = new CancellationTokenSource();
        var recovered = _lookups.ResolveAsync(BlockingNames.Dead(NameLookups.SlowThreads), limit.Token);
        await Eventually.TrueAsync(() => _lookups.Running == (0, NameLookups.SlowThreads));
        await limit.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => recovered);

        _names.AnswerAll();

        await Task.WhenAll(dead);
        await Eventually.TrueAsync(() => _lookups.Remembered == 0);
    }

    [Fact]
    public async Task What_is_remembered_and_what_waits_is_bounded()
    {
        var lookups = new NameLookups(
            _ =>
            {
                _clock.Advance(NameLookups.SlowAfter);
                throw new SocketException((int)SocketError.TryAgain);
            },
            _clock);
        for (var i = 0; i < NameLookups.MostNames + 50; i++)
            await Assert.ThrowsAnyAsync<SocketException>(() => lookups.ResolveAsync($"slow{i}.example", Stop));
        Assert.Equal(NameLookups.MostNames, lookups.Remembered);

        var busy = Enumerable.Range(0, NameLookups.Threads).Select(i => _lookups.ResolveAsync(BlockingNames.Dead(i), Stop)).ToArray();
        await Eventually.TrueAsync(() => _names.Asked.Count == NameLookups.Threads);
        var waiting = Enumerable.Range(NameLookups.Threads, NameLookups.MostNames).Select(i => _lookups.ResolveAsync(BlockingNames.Dead(i), Stop)).ToArray();
        var refused = await Assert.ThrowsAnyAsync<SocketException>(() => _lookups.ResolveAsync("one-too-many.example", Stop));
        Assert.Equal(SocketError.TryAgain, refused.SocketErrorCode);
        _names.AnswerAll();
        await Task.WhenAll([.. busy, .. waiting]);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(64)]
    public async Task A_name_that_cannot_be_one_is_not_found(int labelLength)
    {
        var lookups = new NameLookups(TimeProvider.System);
        await Assert.ThrowsAnyAsync<SocketException>(() => lookups.ResolveAsync(new string('x', labelLength) + ".invalid", Stop));
    }

    [Fact]
    public async Task The_program_asks_the_system_this_way_for_every_name()
    {
        await using var app = await CoreApp.StartAsync();
        Assert.IsType<NameLookups>(app.Get<INameResolver>());
    }

    [Fact]
    public async Task A_look_up_that_waits_for_a_thread_uses_up_the_attempt_and_no_more()
    {
        var clock = new FakeTimeProvider(SendingRig.Now);
        for (var i = 0; i < NameLookups.Threads; i++)
            _ = _lookups.ResolveAsync(BlockingNames.Dead(i), Stop);
        var options = new WebhookOptions { AllowedNetworks = SendingRig.Loopback };
        using var http = new OutboundHttp(new AddressGuard(options.AllowedNetworks), _lookups, [], clock, options);
        var policy = new EndpointPolicy(options, new AddressGuard(options.AllowedNetworks), _lookups, [], clock);
        var sender = new Core.Sending.Webhook.WebhookSender(new OutboundPost(http, options, clock), policy);

        var sending = sender.SendAsync(SendingRig.Request(new Uri("http://queued.example/")), Stop);
        await Eventually.TrueAsync(() => _names.Asked.Count == NameLookups.Threads);
        await Eventually.TrueAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return sending.IsCompleted;
        });

        var result = await sending;
        Assert.Equal(FailureKind.Timeout, result.Failure);
        Assert.NotNull(result.Timings.Lookup);
        Assert.Null(result.Timings.Connect);
        _names.AnswerAll();
    }

    private async Task TimeOutAsync(int count)
    {
        var asking = Enumerable.Range(0, count).Select(i => _lookups.ResolveAsync(BlockingNames.Dead(i), Stop)).ToArray();
        await Eventually.TrueAsync(() => _names.Asked.Count == count);
        _clock.Advance(NameLookups.SlowAfter);
        _names.FailAll();
        foreach (var lookup in asking)
            await Assert.ThrowsAnyAsync<SocketException>(() => lookup);
        _names.BlockAgain();
    }

    /// <summary>A resolver whose dead names block until the test says how they end.</summary>
    private sealed class BlockingNames : IDisposable
    {
        private volatile TaskCompletionSource<bool> _end = new();

        public ConcurrentQueue<(string Host, string? Thread, bool OnPool)> Asked { get; } = new();

        public static string Dead(int number) => $"dead{number}.example";

        public IPAddress[] Find(string host)
        {
            var end = _end;
            Asked.Enqueue((host, Thread.CurrentThread.Name, Thread.CurrentThread.IsThreadPoolThread));
            if (host.StartsWith("dead", StringComparison.OrdinalIgnoreCase) && !end.Task.GetAwaiter().GetResult())
                throw new SocketException((int)SocketError.TryAgain);
            return Found;
        }

        public void FailAll() => _end.TrySetResult(false);

        public void AnswerAll() => _end.TrySetResult(true);

        public void BlockAgain() => _end = new();

        public void Dispose() => _end.TrySetResult(false);
    }
}
