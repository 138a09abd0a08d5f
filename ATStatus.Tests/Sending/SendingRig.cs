using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ATStatus.Core.Sending;
using ATStatus.Core.Sending.Webhook;

namespace ATStatus.Tests.Sending;

/// <summary>Names under the test's control: each look-up takes the next answer, the last one stays. Unknown names do not resolve.</summary>
internal sealed class ScriptedResolver : INameResolver
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<IPAddress[]>> _names = new(StringComparer.OrdinalIgnoreCase);
    private int _calls;

    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Never answers this name.</summary>
    public string? Silent { get; set; }

    public ScriptedResolver Add(string host, params string[] addresses)
    {
        _names.GetOrAdd(host, _ => new()).Enqueue([.. addresses.Select(IPAddress.Parse)]);
        return this;
    }

    /// <summary>From now on this is the only answer; none: it does not resolve.</summary>
    public void Set(string host, params string[] addresses)
    {
        _names.TryRemove(host, out _);
        if (addresses.Length > 0) Add(host, addresses);
    }

    public async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        if (host == Silent) await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        if (!_names.TryGetValue(host, out var answers)) throw new SocketException((int)SocketError.HostNotFound);
        if (answers.Count > 1 && answers.TryDequeue(out var next)) return next;
        return answers.TryPeek(out var last) ? last : throw new SocketException((int)SocketError.HostNotFound);
    }
}

/// <summary>A clock that stands still for instants and runs for limits and durations.</summary>
internal sealed class StandingClock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}

/// <summary>The room's parts as the host wires them, over the real network stack.</summary>
internal sealed class SendingRig : IDisposable
{
    public static readonly DateTimeOffset Now = new(2026, 1, 14, 12, 0, 0, TimeSpan.Zero);
    public static readonly IPNetwork[] Loopback = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    public SendingRig(
        WebhookOptions? options = null,
        IInProcessEndpoint[]? endpoints = null,
        TimeProvider? time = null,
        X509ChainPolicy? certificatePolicy = null,
        TimeSpan? connectionLifetime = null,
        TimeSpan? idleLifetime = null,
        int httpsPort = 443)
    {
        Options = options ?? new WebhookOptions { AllowedNetworks = Loopback };
        time ??= new StandingClock(Now);
        Guard = new AddressGuard(Options.AllowedNetworks);
        Http = new OutboundHttp(Guard, Resolver, endpoints ?? [], time, Options, certificatePolicy)
        {
            ConnectionLifetime = connectionLifetime ?? TimeSpan.FromMinutes(2),
            IdleLifetime = idleLifetime ?? TimeSpan.FromMinutes(2),
            HttpsPort = httpsPort,
        };
        Policy = new EndpointPolicy(Options, Guard, Resolver, endpoints ?? [], time);
        Post = new OutboundPost(Http, Options, time);
        Sender = new WebhookSender(Post, Policy);
    }

    public WebhookOptions Options { get; }

    public ScriptedResolver Resolver { get; } = new();

    public OutboundHttp Http { get; }

    public AddressGuard Guard { get; }

    public WebhookSender Sender { get; }

    /// <summary>What makes attempts, for senders of other kinds.</summary>
    public OutboundPost Post { get; }

    public EndpointPolicy Policy { get; }

    /// <summary>The guard as it is out of the box.</summary>
    public static SendingRig Guarded(params string[] allowed) =>
        new(new WebhookOptions { AllowedNetworks = [.. allowed.Select(IPNetwork.Parse)] });

    public static SendRequest Request(Uri url, string? secret = "whsec_0123456789abcdef", string body = "{\"event\":\"incident.created\"}") =>
        new(url, secret, "incident.created", Guid.Parse("6f9619ff-8b86-d011-b42d-00cf4fc964ff"), Encoding.UTF8.GetBytes(body));

    public Task<SendResult> SendAsync(Uri url) => Sender.SendAsync(Request(url), TestContext.Current.CancellationToken);

    public Task<SendResult> SendAsync(SendRequest request) => Sender.SendAsync(request, TestContext.Current.CancellationToken);

    public void Dispose() => Http.Dispose();
}
