using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Sending;

/// <summary>What a receiver gets, byte for byte.</summary>
public sealed class WireTests
{
    private const string Secret = "whsec_0123456789abcdef";
    private const string Body = "{\"title\":\"Größe \\u2028 \U0001F600\",\"n\":99.5}";

    [Fact]
    public async Task Headers_are_those_of_the_contract_and_no_others()
    {
        await using var receiver = LoopbackReceiver.Start();
        using var rig = new SendingRig();
        using var activity = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).AddBaggage("tenant", "a").Start();

        var result = await rig.SendAsync(SendingRig.Request(receiver.Url, Secret, Body));

        var request = Assert.Single(receiver.Requests);
        Assert.Equal("POST", request.Method);
        Assert.Equal("/hook", request.Path);
        Assert.Equal(Encoding.UTF8.GetBytes(Body), request.Body);
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), request.Body));
        string[] expected =
        [
            $"Content-Length: {request.Body.Length}",
            "Content-Type: application/json",
            $"Host: 127.0.0.1:{receiver.Port}",
            "User-Agent: ATStatus-Webhook/1.0",
            "X-Request-ID: 6f9619ff-8b86-d011-b42d-00cf4fc964ff",
            "X-Webhook-Event: incident.created",
            $"X-Webhook-Signature: {signature}",
        ];
        Assert.Equal(expected, Lines(request.Headers));
        Assert.Equal(expected, Lines(result.RequestHeaders));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task Without_secret_there_is_no_signature(string? secret)
    {
        await using var receiver = LoopbackReceiver.Start();
        using var rig = new SendingRig();

        var result = await rig.SendAsync(SendingRig.Request(receiver.Url, secret));

        Assert.Null(Assert.Single(receiver.Requests).Header("X-Webhook-Signature"));
        Assert.Equal(6, receiver.Requests[0].Headers.Count);
        Assert.DoesNotContain(result.RequestHeaders, h => h.Key == "X-Webhook-Signature");
    }

    [Theory]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData(null)]
    public async Task Standard_Webhooks_headers_come_beside_the_documents(string? secret)
    {
        await using var receiver = LoopbackReceiver.Start();
        using var rig = new SendingRig();

        var result = await rig.SendAsync(
            SendingRig.Request(receiver.Url, secret, Body) with { Options = new() { StandardWebhooks = true } });

        var request = Assert.Single(receiver.Requests);
        Assert.Equal(request.Header("X-Request-ID"), request.Header("webhook-id"));
        Assert.Equal($"{SendingRig.Now.ToUnixTimeSeconds()}", request.Header("webhook-timestamp"));
        if (secret is null)
        {
            Assert.Null(request.Header("webhook-signature"));
        }
        else
        {
            byte[] signed = [.. Encoding.UTF8.GetBytes($"{request.Header("webhook-id")}.{request.Header("webhook-timestamp")}."), .. request.Body];
            Assert.Equal(
                "v1," + Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), signed)),
                request.Header("webhook-signature"));
            Assert.Equal(
                Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), request.Body)), request.Header("X-Webhook-Signature"));
        }
        Assert.Equal(Lines(request.Headers), Lines(result.RequestHeaders));
    }

    [Theory]
    [InlineData("http://hooks.example:{0}/a/b?token=1&x=%2F", "hooks.example", "/a/b?token=1&x=%2F")]
    [InlineData("http://bücher.example:{0}/ü", "xn--bcher-kva.example", "/%C3%BC")]
    public async Task Host_and_path_are_the_URL_s(string url, string host, string path)
    {
        await using var receiver = LoopbackReceiver.Start();
        using var rig = new SendingRig();
        rig.Resolver.Add(host, "127.0.0.1");

        var result = await rig.SendAsync(new Uri(url.Replace("{0}", $"{receiver.Port}", StringComparison.Ordinal)));

        Assert.Equal(SendVerdict.Delivered, result.Verdict);
        var request = Assert.Single(receiver.Requests);
        Assert.Equal(path, request.Path);
        Assert.Equal($"{host}:{receiver.Port}", request.Header("Host"));
        Assert.Equal(Lines(request.Headers), Lines(result.RequestHeaders));
    }

    [Fact]
    public async Task An_IPv6_receiver_is_reached()
    {
        if (!System.Net.Sockets.Socket.OSSupportsIPv6) Assert.Skip("This machine has no IPv6.");
        await using var receiver = LoopbackReceiver.StartAt(System.Net.IPAddress.IPv6Loopback);
        using var rig = new SendingRig();

        var result = await rig.SendAsync(receiver.UrlFor("[::1]"));

        Assert.Equal(SendVerdict.Delivered, result.Verdict);
        Assert.Equal($"[::1]:{receiver.Port}", Assert.Single(receiver.Requests).Header("Host"));
        Assert.Equal(Lines(receiver.Requests[0].Headers), Lines(result.RequestHeaders));
    }

    [Fact]
    public async Task A_large_body_arrives_whole_and_a_connection_is_used_again()
    {
        await using var receiver = LoopbackReceiver.Start();
        using var rig = new SendingRig();
        var body = new string('x', 1_000_000);

        await rig.SendAsync(SendingRig.Request(receiver.Url, Secret, body));
        await rig.SendAsync(SendingRig.Request(receiver.Url, Secret, body));

        Assert.All(receiver.Requests, r => Assert.Equal(body, r.Text));
        Assert.Equal(2, receiver.Requests.Count);
        Assert.Equal(1, receiver.Connections);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Redirects_are_not_followed(int status)
    {
        await using var target = LoopbackReceiver.Start();
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(status, "", ("Location", target.Url.AbsoluteUri)));
        using var rig = new SendingRig();

        var result = await rig.SendAsync(receiver.Url);

        Assert.Equal(FailureKind.HttpStatus, result.Failure);
        Assert.Equal(0, target.Connections);
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task Cookies_are_neither_kept_nor_shown()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200, "", ("Set-Cookie", "session=abc123; Path=/")));
        using var rig = new SendingRig();

        var result = await rig.SendAsync(receiver.Url);
        await rig.SendAsync(receiver.Url);

        Assert.All(receiver.Requests, r => Assert.Null(r.Header("Cookie")));
        Assert.Equal("(masked)", result.ResponseHeaders.Single(h => h.Key == "Set-Cookie").Value);
    }

    private static string[] Lines(IEnumerable<KeyValuePair<string, string>> headers) =>
        [.. headers.Select(h => $"{h.Key}: {h.Value}").Order(StringComparer.Ordinal)];
}
