using ATStatus.Core.Events;

namespace ATStatus.Core.Sending;

/// <summary>Why an attempt failed. The set is closed; its names in the log and the API are those of <see cref="FailureKinds.WireName"/>.</summary>
public enum FailureKind
{
    /// <summary>The receiver answered with a status other than 2xx; a redirect is one of these.</summary>
    HttpStatus,

    /// <summary>No response's headers within <see cref="WebhookOptions.Timeout"/>.</summary>
    Timeout,

    /// <summary>No connection, a broken one, or an answer that is not HTTP.</summary>
    Connection,

    /// <summary>The host name could not be resolved.</summary>
    Dns,

    /// <summary>The TLS handshake failed or the certificate is not to be trusted.</summary>
    Tls,

    /// <summary>The address guard, or <see cref="WebhookOptions.RequireHttps"/>, refuses the target.</summary>
    AddressRefused,

    /// <summary>The attempt was called off before the receiver answered.</summary>
    Cancelled,

    /// <summary>The template of the body yielded none; nothing was sent.</summary>
    Template,
}

/// <summary>The names of <see cref="FailureKind"/>.</summary>
public static class FailureKinds
{
    /// <summary>The name in the log and the API, e.g. <c>http_status</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the enumeration's.</exception>
    public static string WireName(this FailureKind kind) => kind switch
    {
        FailureKind.HttpStatus => "http_status",
        FailureKind.Timeout => "timeout",
        FailureKind.Connection => "connection",
        FailureKind.Dns => "dns",
        FailureKind.Tls => "tls",
        FailureKind.AddressRefused => "address_refused",
        FailureKind.Cancelled => "cancelled",
        FailureKind.Template => "template",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind of failure."),
    };

    /// <summary>The name that people read, e.g. <c>HTTP status</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the enumeration's.</exception>
    public static string Label(this FailureKind kind) => kind switch
    {
        FailureKind.HttpStatus => "HTTP status",
        FailureKind.Timeout => "Timed out",
        FailureKind.Connection => "Connection failed",
        FailureKind.Dns => "Name not resolved",
        FailureKind.Tls => "TLS failed",
        FailureKind.AddressRefused => "Address refused",
        FailureKind.Cancelled => "Cancelled",
        FailureKind.Template => "Template failed",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind of failure."),
    };

    /// <summary>Reads a name written by <see cref="WireName"/>, exactly as it was written.</summary>
    /// <returns>Whether <paramref name="wireName"/> is such a name.</returns>
    public static bool TryParse(string? wireName, out FailureKind kind) => WireNames.TryFind(Enum.GetValues<FailureKind>(), WireName, wireName, out kind);
}
