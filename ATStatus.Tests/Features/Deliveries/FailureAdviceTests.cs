using ATStatus.Admin.Features.Deliveries;
using ATStatus.Admin.Features.Notifications.Types;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;

namespace ATStatus.Tests.Features.Deliveries;

/// <summary>Every way in which an attempt can fail comes with words of its own about what to do.</summary>
public sealed class FailureAdviceTests
{
    [Fact]
    public void Every_kind_has_advice() =>
        Assert.All(Enum.GetValues<FailureKind>(), kind => Assert.NotEmpty(FailureAdvice.For(kind, kind == FailureKind.HttpStatus ? 500 : null)));

    [Theory]
    [InlineData(101, "as a WebSocket does")]
    [InlineData(300, "final URL")]
    [InlineData(301, "final URL")]
    [InlineData(302, "final URL")]
    [InlineData(308, "final URL")]
    [InlineData(304, "POST requests reach it")]
    [InlineData(305, "no use for")]
    [InlineData(399, "no use for")]
    [InlineData(400, "choose their type")]
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
    [InlineData(425, "so early")]
    [InlineData(429, "Retry-After")]
    [InlineData(496, "client certificate")]
    [InlineData(500, "X-Request-ID")]
    [InlineData(502, "could not reach the receiver")]
    [InlineData(503, "X-Request-ID")]
    [InlineData(504, "took too long")]
    [InlineData(599, "X-Request-ID")]
    [InlineData(999, "no status that HTTP knows")]
    public void The_advice_depends_on_the_status(int status, string words) =>
        Assert.Contains(words, FailureAdvice.For(FailureKind.HttpStatus, status), StringComparison.Ordinal);

    /// <summary>What the plain webhook's advice says that would be wrong for a service: it has no secret, no added headers and no request ID, and is chosen already.</summary>
    [Fact]
    public void Of_a_service_no_advice_speaks_of_what_it_does_not_get()
    {
        string[] wrong = ["choose their type", "secret", "X-Request-ID", "Authorization", "header", "its own log", "Raise its limit", "Let it", "POST"];
        var types = NotificationTypes.All.Where(type => type.IsService).ToList();
        Assert.Equal(["discord", "slack", "teams"], types.Select(type => type.Kind).Order());
        foreach (var type in types)
        {
            foreach (var status in Enumerable.Range(100, 500).Where(status => status is < 200 or > 299))
            {
                var advice = FailureAdvice.For(type.Kind, new DeliveryAttempt { Failure = FailureKind.HttpStatus, StatusCode = status, ResponseBody = "" });
                Assert.NotNull(advice);
                Assert.All(wrong, words => Assert.DoesNotContain(words, advice, StringComparison.Ordinal));
                // The type that is chosen already is not to be chosen.
                Assert.DoesNotContain($"choose {type.Label}", advice, StringComparison.OrdinalIgnoreCase);
            }
        }
        Assert.Contains(
            "Discord did not accept the message", For("discord", 400, """{"code": 0, "message": "400: Bad Request"}"""), StringComparison.Ordinal);
        Assert.Contains("choose their type", For("webhook", 400, ""), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_that_is_not_a_redirect_is_told_to_enter_the_final_url()
    {
        foreach (var status in Enumerable.Range(100, 500).Where(status => status is < 200 or > 299))
        {
            var text = SendFailures.Status(status) + For("webhook", status, "");
            Assert.Equal(status is 300 or 301 or 302 or 303 or 307 or 308, text.Contains("final URL", StringComparison.OrdinalIgnoreCase));
        }
    }

    [Theory]
    [InlineData(400, "<html><head><title>400 No required SSL certificate was sent</title></head>", true)]
    [InlineData(403, "HTTP Error 403.7 - Forbidden: the page requires your browser to have a Secure Sockets Layer (SSL) client certificate", true)]
    [InlineData(400, "{\"error\":\"bad request\"}", false)]
    [InlineData(500, "client certificate store is broken", false)]
    public void A_page_that_asks_for_a_client_certificate_is_understood(int status, string body, bool asks) =>
        Assert.Equal(asks, For("webhook", status, body).Contains("client certificate, which the console cannot send", StringComparison.Ordinal));

    private static string For(string kind, int status, string body) =>
        FailureAdvice.For(kind, new DeliveryAttempt { Failure = FailureKind.HttpStatus, StatusCode = status, ResponseBody = body })!;

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
            new DeliveryAttempt { Failure = FailureKind.Connection, Error = cause.DisplayText(), RequestHeaders = "X-Webhook-Event: incident.created" })).ToList();
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
