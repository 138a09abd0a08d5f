using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ATStatus.Tests.Support;

/// <summary>
/// A receiver written from the Standard Webhooks specification: any of the blank-separated signatures in <c>webhook-signature</c> that
/// begins with <c>v1,</c> may be the one; the key is the base64 behind <c>whsec_</c>.
/// </summary>
internal static class StandardWebhooksVerifier
{
    public static bool Verify(ReceivedRequest request, string secret) =>
        Verify(request.Header("webhook-id")!, request.Header("webhook-timestamp")!, request.Body, request.Header("webhook-signature")!, secret);

    public static bool Verify(string id, string timestamp, byte[] body, string signatures, string secret)
    {
        Assert.True(long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out _));
        var key = Convert.FromBase64String(secret.StartsWith("whsec_", StringComparison.Ordinal) ? secret["whsec_".Length..] : secret);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        var expected = HMACSHA256.HashData(key, signed);
        return signatures.Split(' ')
            .Where(signature => signature.StartsWith("v1,", StringComparison.Ordinal))
            .Any(signature => CryptographicOperations.FixedTimeEquals(Convert.FromBase64String(signature["v1,".Length..]), expected));
    }
}
