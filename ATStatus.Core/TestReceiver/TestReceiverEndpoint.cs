using System.Globalization;
using System.Net;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using ATStatus.Core.Signing;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.TestReceiver;

/// <summary>
/// The built-in receiver: an endpoint for somebody who owns none yet. It is reached inside the process under a reserved
/// name (RFC 2606) that no network can resolve, so the address guard stays closed. It keeps the newest requests in the
/// database and checks each signature as a receiver would: over the bytes that came, with the secret of the
/// notification they were sent for.
/// </summary>
public sealed class TestReceiverEndpoint(IDbContextFactory<AtStatusDbContext> contexts, TargetProtector protector, TimeProvider time)
    : IInProcessEndpoint
{
    /// <summary>The URL to enter into a notification. <c>/status/503</c> after it answers with that status.</summary>
    public const string Url = "https://test-receiver.invalid/";

    public const int Kept = 50;

    private static readonly string Host = new Uri(Url).Host;

    public bool Claims(Uri url) => string.Equals(url.Host, Host, StringComparison.OrdinalIgnoreCase);

    public async Task<HttpResponseMessage> HandleAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var status = AnswerTo(request.RequestUri!);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var verdict = await JudgeAsync(db, request, body, cancellationToken);
        db.ReceivedRequests.Add(new ReceivedRequest
        {
            At = time.GetUtcNow().UtcDateTime,
            RequestLine = $"{request.Method} {request.RequestUri!.PathAndQuery}",
            Headers = string.Join('\n', AllHeaders(request).Select(h => $"{h.Key}: {Shown(h.Key, h.Value)}")),
            Body = body,
            Verdict = verdict,
            AnsweredStatus = (int)status,
        });
        await db.SaveChangesAsync(cancellationToken);
        var oldest = await db.ReceivedRequests.OrderByDescending(r => r.Id).Select(r => r.Id).Skip(Kept).FirstOrDefaultAsync(cancellationToken);
        if (oldest > 0)
            await db.ReceivedRequests.Where(r => r.Id <= oldest).ExecuteDeleteAsync(cancellationToken);

        return new HttpResponseMessage(status)
        {
            RequestMessage = request,
            Content = new StringContent(verdict switch
            {
                SignatureVerdict.Valid => "Received; the signature is valid.",
                SignatureVerdict.Invalid => "Received; the signature is NOT valid.",
                _ => "Received; not signed.",
            }),
        };
    }

    /// <summary><c>/status/NNN</c> answers NNN (200 to 599); anything else answers 200.</summary>
    private static HttpStatusCode AnswerTo(Uri url) =>
        url.Segments is [_, "status/", var code]
        && int.TryParse(code.TrimEnd('/'), NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 200 and <= 599
            ? (HttpStatusCode)status
            : HttpStatusCode.OK;

    private async Task<SignatureVerdict> JudgeAsync(
        AtStatusDbContext db, HttpRequestMessage request, byte[] body, CancellationToken cancellationToken)
    {
        var signature = Header(request, "X-Webhook-Signature");
        var secret = Guid.TryParse(Header(request, "X-Request-ID"), out var requestId)
            ? await SecretAsync(db, requestId, cancellationToken)
            : null;
        if (secret is null)
            return signature is null ? SignatureVerdict.Unsigned : SignatureVerdict.Invalid;
        return WebhookSignature.Verify(body, secret, signature) ? SignatureVerdict.Valid : SignatureVerdict.Invalid;
    }

    private async Task<string?> SecretAsync(AtStatusDbContext db, Guid requestId, CancellationToken cancellationToken)
    {
        var secrets = await db.Deliveries.AsNoTracking().Where(d => d.RequestId == requestId)
            .Select(d => new { d.IsTest, d.TestProtectedSecret, d.Notification!.Transport.ProtectedSecret })
            .SingleOrDefaultAsync(cancellationToken);
        return protector.SecretIfReadable(secrets?.IsTest == true ? secrets.TestProtectedSecret : secrets?.ProtectedSecret);
    }

    // The value of a header that an operator has added is a secret, to be kept encrypted and shown to nobody.
    private static string Shown(string name, IEnumerable<string> values) =>
        AddedHeaders.IsReserved(name) ? string.Join(", ", values) : SafeText.Mask;

    private static string? Header(HttpRequestMessage request, string name) =>
        request.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private static IEnumerable<KeyValuePair<string, IEnumerable<string>>> AllHeaders(HttpRequestMessage request) =>
        request.Content is null ? request.Headers : request.Headers.Concat(request.Content.Headers);
}
