namespace ATStatus.Core.Model;

/// <summary>What was done. Stored by name: names are not changed.</summary>
public enum AuditAction
{
    Created,

    Changed,

    Deleted,

    /// <summary>Put to another place in the order.</summary>
    Moved,

    /// <summary>A component's history was corrected.</summary>
    HistoryCorrected,

    SignedIn,

    /// <summary>Attempts to sign in that failed, of one address in one minute; <see cref="AuditEntry.Count"/> says how many.</summary>
    SignInFailed,

    /// <summary>Sessions were ended; <see cref="AuditEntry.Count"/> says how many.</summary>
    SignedOut,

    /// <summary>A link was made by which a password can be set.</summary>
    PasswordLinkCreated,

    /// <summary>An invitation's link was used.</summary>
    Accepted,

    Paused,

    Resumed,

    TestSent,

    /// <summary>An endpoint that sending is held back from was tried at once.</summary>
    Probed,

    Redelivered,

    SentNow,

    Cancelled,

    /// <summary>Resending what a notification missed was begun.</summary>
    ResendBegun,

    /// <summary>Old entries of the delivery log were deleted because somebody said that the clock is right.</summary>
    DeletedNow,

    /// <summary>Everything in it was deleted.</summary>
    Cleared,

    /// <summary>Retention removed the oldest entries of the audit trail and left a checkpoint.</summary>
    Pruned,
}

/// <summary>What kind of thing it was done to. Stored by name: names are not changed.</summary>
public enum AuditObject
{
    StatusPage,
    Component,
    ComponentGroup,
    Incident,
    IncidentTemplate,

    /// <summary>What updates say whose message is left out.</summary>
    IncidentDefaultTexts,
    Maintenance,
    MaintenanceSeries,
    Notification,
    Delivery,

    /// <summary>An event, as the dashboard's job of its deliveries.</summary>
    Event,
    Sending,
    User,
    Invitation,

    /// <summary>What is demanded of everybody who signs in.</summary>
    AccessRules,
    ApiKey,
    TestReceiver,
    DeliveryLog,
    AuditTrail,
}

/// <summary>
/// Who did what to which thing, when and from where, and what it was before and after. Never changed after it is saved, but for its
/// <see cref="Hash"/>. It keeps numbers and names instead of references: what it tells about may be deleted later.
/// </summary>
public sealed class AuditEntry
{
    public const int NameLength = 256;
    public const int IdLength = 40;

    /// <summary>The longest <see cref="Address"/>: an IPv6 address with a zone.</summary>
    public const int AddressLength = 64;

    /// <summary>The database's number; entries are chained in its order.</summary>
    public long Id { get; set; }

    /// <summary>When (UTC); of failed sign-ins when the first of them was.</summary>
    public DateTime At { get; set; }

    public AuditActorKind ActorKind { get; set; }

    public string ActorName { get; set; } = "";

    /// <summary>The account's or the key's number.</summary>
    public string? ActorId { get; set; }

    /// <summary>The network address it was done from; empty where there is none.</summary>
    public string Address { get; set; } = "";

    public AuditAction Action { get; set; }

    public AuditObject ObjectKind { get; set; }

    /// <summary>The thing's number; null for what there is once.</summary>
    public string? ObjectId { get; set; }

    public string ObjectName { get; set; } = "";

    /// <summary>The values before, as a JSON object: those that changed, all of what was deleted, null of what was created. Without secrets.</summary>
    public string? Before { get; set; }

    /// <summary>The values after, in the same way.</summary>
    public string? After { get; set; }

    /// <summary>The numbers of the events that followed; null where none did. Their deliveries are found through them.</summary>
    public IReadOnlyList<long>? EventIds { get; set; }

    /// <summary>How often it was done, where that is written down together.</summary>
    public int Count { get; set; } = 1;

    /// <summary>
    /// SHA-256 (32 bytes) over the hash of the entry before and this one's values, as docs/security.md has it; null until it is sealed.
    /// </summary>
    public byte[]? Hash { get; set; }
}

/// <summary>A point of the chain of entries: how far it is sealed, or how far retention has removed it.</summary>
public sealed class AuditCheckpoint
{
    public const int NameLength = 16;

    /// <summary>The last entry that was sealed.</summary>
    public const string Head = "head";

    /// <summary>The last entry that retention removed. Where there is no such row, nothing was removed.</summary>
    public const string Front = "front";

    /// <summary><see cref="Head"/> or <see cref="Front"/>.</summary>
    public required string Name { get; set; }

    /// <summary>The number of that entry; 0 before the first.</summary>
    public long LastId { get; set; }

    /// <summary>Its hash; 32 zeros before the first.</summary>
    public byte[] Hash { get; set; } = new byte[32];

    /// <summary>How many entries there have been up to it.</summary>
    public long Count { get; set; }

    /// <summary>When it was written (UTC).</summary>
    public DateTime At { get; set; }
}

/// <summary>
/// Failed attempts to sign in of a minute that is not over: it becomes one <see cref="AuditEntry"/> for each address. Counted in the database, so that
/// several instances count together and a stop loses none.
/// </summary>
public sealed class FailedSignIn
{
    public string Address { get; set; } = "";

    /// <summary>The minute (UTC, whole).</summary>
    public DateTime Minute { get; set; }

    /// <summary>The account's email; empty for attempts at accounts that do not exist. What was typed is kept nowhere: it may be a password.</summary>
    public string Account { get; set; } = "";

    /// <summary>When the first of them was (UTC).</summary>
    public DateTime FirstAt { get; set; }

    public int Count { get; set; }
}
