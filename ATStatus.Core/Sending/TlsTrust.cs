namespace ATStatus.Core.Sending;

/// <summary>Which certificates of a receiver are trusted.</summary>
public enum TlsTrust
{
    /// <summary>Those the operating system trusts.</summary>
    System,

    /// <summary>Those too that a certificate authority entered for the notification has issued.</summary>
    Authority,

    /// <summary>Only the one certificate entered for the notification, whoever issued it.</summary>
    Pinned,

    /// <summary>Any: the receiver is not verified. Only where <c>Webhooks:AllowInsecureTls</c> permits it.</summary>
    Unverified,
}
