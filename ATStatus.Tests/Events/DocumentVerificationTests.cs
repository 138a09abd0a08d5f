using System.Text;
using System.Text.Json;
using ATStatus.Core.Events;
using ATStatus.Core.Signing;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Events;

/// <summary>What the user's document tells receivers to run accepts what is sent, and nothing else.</summary>
public sealed class DocumentVerificationTests
{
    private static readonly DateTime Noon = new(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc);
    private static readonly string LongSecret = string.Concat(Enumerable.Repeat("Geheimnis 🔑 ", 19)) + "\u2028\0\uD800";

    [Fact]
    public void The_sample_is_the_documents_word_for_word()
    {
        var document = TestResource.Text("custom-webhooks.txt");
        var from = document.IndexOf("// Node.js example", StringComparison.Ordinal);
        var to = document.IndexOf("Security Best Practice", StringComparison.Ordinal);

        Assert.Equal(document[from..to], DocumentVerifier.Sample);
    }

    [Fact]
    public void The_documents_receiver_accepts_what_was_sent_and_refuses_the_rest() =>
        Assert.All(Requests(), request => Assert.Equal(
            request.Expected,
            DocumentVerifier.Verify(request.Body, request.Signature, request.Secret)));

    [Fact]
    public async Task So_does_Node()
    {
        TestRequirement.Node.Demand();
        var requests = Requests().ToList();

        var answers = await NodeScript.MapAsync(
            DocumentVerifier.Sample + DocumentVerifier.Receiver +
            """
            function handle(line) {
              const [body, signature, secret] = JSON.parse(line);
              return String(receive(Buffer.from(body, 'base64').toString(), signature, secret));
            }
            """,
            requests.ConvertAll(request => JsonSerializer.SerializeToUtf8Bytes(
                new[] { Convert.ToBase64String(request.Body), request.Signature, request.Secret })),
            TestContext.Current.CancellationToken);

        Assert.Equal(requests.Select(request => request.Expected ? "true" : "false"), answers);
    }

    private static IEnumerable<(byte[] Body, string Signature, string Secret, bool Expected)> Requests()
    {
        foreach (var body in Bodies())
        {
            foreach (var secret in new[] { "s", "It's a Secret to Everybody", WebhookSecret.Generate(), LongSecret })
            {
                var signature = WebhookSignature.Compute(body, secret);
                yield return (body, signature, secret, true);
                yield return (body, signature, secret + "x", false);
                yield return (Changed(body), signature, secret, false);
                yield return (body[..^1], signature, secret, false);
                yield return (body, signature[..^1], secret, false);
                yield return (body, signature.ToUpperInvariant(), secret, false);
                yield return (body, "", secret, false);
            }
        }
    }

    private static IEnumerable<byte[]> Bodies()
    {
        foreach (var type in EventTypes.Selectable)
        {
            var (page, data) = SampleEvents.For(type, Noon, test: true);
            yield return EventPayload.Write(type, Noon, page, data);
        }

        yield return EventPayload.Write(EventType.MaintenanceScheduled, Noon, new(1, "Статус 状态 🚦", "main"), new MaintenanceData(
            1, "\"Quoted\" \\ back\u2028line\u007F\u00AD\u200D👩‍👩‍👧\uD800", "tab\tline\r\nbell\a", ["", "</script>", "a+b&c"], Noon, Noon));
    }

    private static byte[] Changed(byte[] body) => Encoding.UTF8.GetBytes(
        Encoding.UTF8.GetString(body).Replace("\"timestamp\":\"2026", "\"timestamp\":\"2027", StringComparison.Ordinal));
}
