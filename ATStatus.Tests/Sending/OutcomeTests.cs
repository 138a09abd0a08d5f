using System.Globalization;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Sending;

/// <summary>Every status and every failure, as one table over a real receiver.</summary>
public sealed class OutcomeTests
{
    private static readonly Dictionary<string, Outcome> Table = Build();

    public static TheoryData<string> Cases => [.. Table.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Outcome_decides(string name)
    {
        var expected = Table[name];
        await using var receiver = LoopbackReceiver.Start(expected.Answer ?? ScriptedResponse.Status(200));
        using var refusing = LoopbackReceiver.RefusingPort(out var refusingPort);
        using var rig = new SendingRig(new WebhookOptions
        {
            AllowedNetworks = SendingRig.Loopback,
            Timeout = expected.IsSlow ? TimeSpan.FromMilliseconds(400) : TimeSpan.FromSeconds(10),
        });
        rig.Resolver.Add("internal.example", "10.0.0.5").Silent = "silent.example";

        var result = await rig.SendAsync(expected.Url?.Invoke(refusingPort) ?? receiver.UrlFor("127.0.0.1", "/services/T0KEN?k=T0KEN"));

        Assert.Equal(expected.Failure, result.Failure);
        Assert.Equal(expected.Verdict, result.Verdict);
        Assert.Equal(expected.Status, result.StatusCode);
        Assert.Equal(expected.RetryAfter, result.RetryAfter);
        Assert.Equal(SendingRig.Now, result.StartedAt);
        Assert.Equal(expected.Status is not null, result.ResponseBody is not null);
        Assert.Equal(expected.IsBodyTruncated, result.ResponseBodyTruncated);
        Assert.Equal(expected.Failure is not null, result.Error is not null);
        Assert.DoesNotContain("T0KEN", result.Error ?? "", StringComparison.Ordinal);
        Assert.DoesNotContain("http://", result.Error ?? "", StringComparison.Ordinal);
        if (expected.ErrorContains is { } words) Assert.Contains(words, result.Error, StringComparison.Ordinal);
        Assert.InRange(result.Duration, TimeSpan.Zero, TimeSpan.FromSeconds(9));
    }

    private static Dictionary<string, Outcome> Build()
    {
        var table = new Dictionary<string, Outcome>();
        foreach (var status in new[] { 200, 201, 202, 204, 299 }) table[$"{status}"] = new(ScriptedResponse.Status(status), status, null);
        table["304"] = new(ScriptedResponse.Status(304), 304, FailureKind.HttpStatus) { ErrorContains = "The receiver answered 304 Not Modified." };
        foreach (var status in new[] { 300, 301, 302, 303, 307, 308 })
        {
            table[$"{status}"] = new(ScriptedResponse.Status(status, "", ("Location", "/elsewhere")), status, FailureKind.HttpStatus)
            {
                ErrorContains = "Redirects are not followed",
            };
        }

        foreach (var status in new[] { 400, 401, 403, 404, 409, 418, 429, 500, 502, 503, 504, 599, 999 })
            table[$"{status}"] = new(ScriptedResponse.Status(status, "no"), status, FailureKind.HttpStatus) { ErrorContains = $"{status}" };
        table["410"] = new(ScriptedResponse.Status(410), 410, FailureKind.HttpStatus, SendVerdict.Gone);

        foreach (var (form, value, wait) in RetryAfterForms())
        {
            table[$"429 Retry-After {form}"] = Waiting(429, value, wait);
            table[$"503 Retry-After {form}"] = Waiting(503, value, wait);
            table[$"500 Retry-After {form}"] = Waiting(500, value, null);
        }

        table["refused"] = new(null, null, FailureKind.Connection)
        {
            Url = port => new Uri($"http://127.0.0.1:{port}/"),
            ErrorContains = "refused the connection",
        };
        table["reset"] = new(ScriptedResponse.Reset(), null, FailureKind.Connection) { ErrorContains = "reset" };
        table["closed"] = new(ScriptedResponse.Close(), null, FailureKind.Connection) { ErrorContains = "without an answer" };
        table["headers stall"] = new(ScriptedResponse.Stall(), null, FailureKind.Timeout) { IsSlow = true, ErrorContains = "0.4 seconds" };
        table["half of the headers"] = new(ScriptedResponse.Raw("HTTP/1.1 200 OK\r\nConte"), null, FailureKind.Connection);
        table["200 body stalls"] = new(ScriptedResponse.StallInBody(200), 200, null) { IsSlow = true, IsBodyTruncated = true };
        table["500 body stalls"] = new(ScriptedResponse.StallInBody(500), 500, FailureKind.HttpStatus) { IsSlow = true, IsBodyTruncated = true };
        table["410 body stalls"] = new(ScriptedResponse.StallInBody(410), 410, FailureKind.HttpStatus, SendVerdict.Gone)
        {
            IsSlow = true,
            IsBodyTruncated = true,
        };
        table["200 endless"] = new(ScriptedResponse.Endless(200), 200, null) { IsBodyTruncated = true };
        table["500 endless"] = new(ScriptedResponse.Endless(500), 500, FailureKind.HttpStatus) { IsBodyTruncated = true };
        table["200 cut short"] = new(ScriptedResponse.CutShort(200), 200, null) { IsBodyTruncated = true };
        table["200 malformed body"] = new(ScriptedResponse.Raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nno"), 200, null)
        {
            IsBodyTruncated = true,
        };
        table["malformed"] = new(ScriptedResponse.Raw("SSH-2.0-OpenSSH_9.6\r\n\r\n"), null, FailureKind.Connection) { ErrorContains = "not valid HTTP" };
        table["malformed header"] = new(ScriptedResponse.Raw("HTTP/1.1 200 OK\r\n no name\r\n\r\n"), null, FailureKind.Connection);
        table["oversized headers"] = new(ScriptedResponse.Status(200, "", ("X-Large", new string('x', 200_000))), null, FailureKind.Connection)
        {
            ErrorContains = "too large",
        };
        table["unknown host"] = new(null, null, FailureKind.Dns)
        {
            Url = _ => new Uri("http://nowhere.example/T0KEN"),
            ErrorContains = "nowhere.example",
        };
        table["resolver stalls"] = new(null, null, FailureKind.Timeout) { Url = _ => new Uri("http://silent.example/"), IsSlow = true };
        table["host without ASCII form"] = new(null, null, FailureKind.Dns) { Url = _ => new Uri("http://\u2100.example/T0KEN") };
        table["guarded literal"] = new(null, null, FailureKind.AddressRefused, SendVerdict.Refused)
        {
            Url = _ => new Uri("http://10.0.0.5/T0KEN"),
            ErrorContains = "10.0.0.5 is a private address (10.0.0.0/8). Add its range to Webhooks:AllowedNetworks to let it through.",
        };
        table["guarded name"] = new(null, null, FailureKind.AddressRefused, SendVerdict.Refused)
        {
            Url = _ => new Uri("http://internal.example/T0KEN"),
            ErrorContains = "internal.example resolves to 10.0.0.5, which is a private address (10.0.0.0/8). Add its range",
        };
        return table;
    }

    private static IEnumerable<(string Form, string Value, TimeSpan? Wait)> RetryAfterForms()
    {
        yield return ("seconds", "120", TimeSpan.FromSeconds(120));
        yield return ("zero", "0", TimeSpan.Zero);
        yield return ("date", SendingRig.Now.AddMinutes(7).ToString("r", CultureInfo.InvariantCulture), TimeSpan.FromMinutes(7));
        yield return ("RFC 850 date", "Wednesday, 14-Jan-26 12:01:00 GMT", TimeSpan.FromMinutes(1));
        yield return ("asctime date", "Wed Jan 14 12:01:00 2026", TimeSpan.FromMinutes(1));
        yield return ("past date", SendingRig.Now.AddDays(-1).ToString("r", CultureInfo.InvariantCulture), TimeSpan.Zero);
        yield return ("negative", "-5", null);
        yield return ("fraction", "1.5", null);
        yield return ("nonsense", "soon", null);
        yield return ("empty", "", null);
        yield return ("large", "86400000", TimeSpan.FromDays(1000));
        yield return ("beyond time", new string('9', 400), TimeSpan.MaxValue);
    }

    private static Outcome Waiting(int status, string value, TimeSpan? wait) =>
        new(ScriptedResponse.Status(status, "", ("Retry-After", value)), status, FailureKind.HttpStatus) { RetryAfter = wait };

    private sealed record Outcome(ScriptedResponse? Answer, int? Status, FailureKind? Failure, SendVerdict? Final = null)
    {
        public SendVerdict Verdict => Final ?? (Failure is null ? SendVerdict.Delivered : SendVerdict.Retry);

        public Func<int, Uri>? Url { get; init; }

        public TimeSpan? RetryAfter { get; init; }

        public bool IsSlow { get; init; }

        public bool IsBodyTruncated { get; init; }

        public string? ErrorContains { get; init; }
    }
}
