namespace ATStatus.Core.Model;

/// <summary>
/// A browser that is signed in. The cookie only carries its number: without this row it opens nothing, so that a session ends on the server.
/// Times are UTC.
/// </summary>
public sealed class Session
{
    public const int AddressLength = 45;
    public const int DeviceLength = 200;

    public Guid Id { get; set; }

    public Guid UserId { get; set; }

    public DateTime BegunAt { get; set; }

    /// <summary>When it was used last, to a minute.</summary>
    public DateTime LastSeenAt { get; set; }

    /// <summary>When it ends however much it is used.</summary>
    public DateTime EndsAt { get; set; }

    /// <summary>Whether more than a password was shown: a code, a passkey, or what an identity provider asks for.</summary>
    public bool IsStrong { get; set; }

    /// <summary>The network address it began from.</summary>
    public string Address { get; set; } = "";

    /// <summary>Browser and system, as the browser said; empty when it did not.</summary>
    public string Device { get; set; } = "";
}
