using System.Globalization;
using System.Net.Sockets;
using Microsoft.AspNetCore.WebUtilities;

namespace ATStatus.Core.Sending;

/// <summary>
/// What went wrong, in words that are safe to store and show: fixed sentences, and messages of this room's own exceptions. Messages of other
/// exceptions never pass, they can quote anything.
/// </summary>
internal static class SendFailures
{
    public const string Cancelled = "The attempt was called off before the receiver answered.";
    public const string InvalidHost = "The URL's host name is not valid.";

    public static string TimedOut(TimeSpan limit) =>
        string.Create(CultureInfo.InvariantCulture, $"No response within {limit.TotalSeconds:0.###} seconds.");

    /// <summary>The words for a status outside 2xx.</summary>
    public static string Status(int statusCode)
    {
        var phrase = ReasonPhrases.GetReasonPhrase(statusCode);
        var answered = string.Create(CultureInfo.InvariantCulture, $"The receiver answered {statusCode} {phrase}").TrimEnd() + ".";
        return SendResult.IsRedirect(statusCode) ? answered + " Redirects are not followed: enter the final URL." : answered;
    }

    /// <summary>Whether an exception is the network's or the receiver's doing; everything else is a bug and must be thrown on.</summary>
    public static bool IsExpected(Exception error) => error is HttpRequestException or IOException or SocketException;

    /// <summary>The kind and the words for an expected exception.</summary>
    public static (FailureKind Kind, string Error) Describe(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case AddressRefusedException:
                    return (FailureKind.AddressRefused, cause.Message);
                case NameNotResolvedException:
                    return (FailureKind.Dns, cause.Message);
                case CertificateRefusedException:
                case ClientCertificateWantedException:
                case HandshakeFailedException:
                    return (FailureKind.Tls, cause.Message);
                case ProxyUnreachableException:
                    return (FailureKind.Connection, cause.Message);
            }
        }

        if (error is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError })
            return (FailureKind.Tls, FailureCause.HandshakeFailed.DisplayText());
        if (SocketErrorOf(error) == SocketError.TimedOut)
            return (FailureKind.Timeout, "The connection could not be opened in time.");
        return (FailureKind.Connection, ConnectionError(error));
    }

    private static string ConnectionError(Exception error) => ((error as HttpRequestException)?.HttpRequestError, SocketErrorOf(error)) switch
    {
        (HttpRequestError.ConfigurationLimitExceeded, _) => FailureCause.HeadersTooLarge.DisplayText(),
        (HttpRequestError.ProxyTunnelError, _) => FailureCause.ProxyRefused.DisplayText(),
        (HttpRequestError.InvalidResponse, _) => FailureCause.NotHttp.DisplayText(),
        (_, SocketError.ConnectionRefused) => FailureCause.ConnectionRefused.DisplayText(),
        (_, SocketError.ConnectionReset) => FailureCause.ConnectionReset.DisplayText(),
        (_, SocketError.NetworkUnreachable or SocketError.HostUnreachable) => FailureCause.NoRoute.DisplayText(),
        (HttpRequestError.ResponseEnded, _) => FailureCause.ClosedWithoutAnswer.DisplayText(),
        _ => "The connection failed.",
    };

    private static SocketError? SocketErrorOf(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException socket) return socket.SocketErrorCode;
        }

        return null;
    }
}
