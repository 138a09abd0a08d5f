namespace ATStatus.Core.Model;

/// <summary>What only some may do; reading the console is for everybody with an account. Who has which is a table in docs/security.md.</summary>
public enum Right
{
    /// <summary>See the bodies of requests and responses.</summary>
    SeePayloads,

    /// <summary>Redeliver, cancel and resend deliveries.</summary>
    Redeliver,

    /// <summary>Write pages, components, incidents, maintenance and templates; publish.</summary>
    WriteStatus,

    /// <summary>Write notifications, send tests, import, pause all sending, clear the test receiver.</summary>
    WriteNotifications,

    /// <summary>Users, keys, audit log, jobs, settings, metrics.</summary>
    Administer,
}

/// <summary>
/// The right that every use of a service needs. A page gets such a service only through a door that checks it, so that a page that forgets to
/// hide a button cannot do what its user may not.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class NeedsAttribute(Right right) : Attribute
{
    public Right Right { get; } = right;
}
