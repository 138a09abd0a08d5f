using ATStatus.Admin.Features.Deliveries;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Sending;

namespace ATStatus.Tests.Features.Deliveries;

/// <summary>Every way in which an attempt can fail comes with words of its own about what to do.</summary>
public sealed class FailureAdviceTests
{
    [Fact]
    public void Every_kind_has_advice() =>
        Assert.All(Enum.GetValues<FailureKind>(), kind => Assert.NotEmpty(FailureAdvice.For(kind, kind == FailureKind.HttpStatus ? 500 : null)));

    [Theory]
    [InlineData(301, "final URL")]
    [InlineData(302, "final URL")]
    [InlineData(308, "final URL")]
    [InlineData(400, "response below")]
    [InlineData(401, "same secret")]
    [InlineData(403, "only listed addresses")]
    [InlineData(404, "URL's path")]
    [InlineData(405, "does not take POST")]
    [InlineData(408, "tired of waiting")]
    [InlineData(410, "switched off")]
    [InlineData(413, "bodies of this size")]
    [InlineData(415, "application/json")]
    [InlineData(418, "its own log")]
    [InlineData(422, "response below")]
    [InlineData(429, "Retry-After")]
    [InlineData(500, "X-Request-ID")]
    [InlineData(502, "could not reach the receiver")]
    [InlineData(503, "X-Request-ID")]
    [InlineData(504, "took too long")]
    [InlineData(599, "X-Request-ID")]
    [InlineData(999, "no status that HTTP knows")]
    public void The_advice_depends_on_the_status(int status, string words) =>
        Assert.Contains(words, FailureAdvice.For(FailureKind.HttpStatus, status), StringComparison.Ordinal);

    [Theory]
    [InlineData(9_990, null, null, "name servers")]
    [InlineData(1, 9_990, null, "packets are dropped")]
    [InlineData(1, 1, 9_900, "TLS handshake did not end")]
    [InlineData(1, 1, null, "did not answer in time")]
    [InlineData(null, null, null, "did not answer in time")]
    public void A_timeout_says_what_used_up_the_time(int? lookup, int? connect, int? tls, string words) => Assert.Contains(
        words,
        FailureAdvice.For(new DeliveryAttempt
        {
            Failure = FailureKind.Timeout,
            Error = "No response within 10 seconds.",
            DurationMs = 10_000,
            LookupMs = lookup,
            ConnectMs = connect,
            TlsMs = tls,
        }),
        StringComparison.Ordinal);

    [Fact]
    public void Every_cause_has_advice_of_its_own()
    {
        var advice = Enum.GetValues<FailureCause>().Select(cause => FailureAdvice.For(
            new DeliveryAttempt { Failure = FailureKind.Connection, Error = cause.Words(), RequestHeaders = "X-Webhook-Event: incident.created" })).ToList();
        Assert.All(advice, Assert.NotNull);
        Assert.Equal(advice.Count, advice.Distinct().Count());
    }

    [Fact]
    public void What_was_not_sent_at_all_is_not_the_receivers_fault()
    {
        var attempt = new DeliveryAttempt { Failure = FailureKind.Connection, Error = "Not sent: this version has no sender for notifications of the type 'x'." };
        Assert.Contains("No request went out", FailureAdvice.For(attempt), StringComparison.Ordinal);
        Assert.Null(FailureAdvice.For(new DeliveryAttempt { StatusCode = 200 }));
    }
}
