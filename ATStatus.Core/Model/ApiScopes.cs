namespace ATStatus.Core.Model;

/// <summary>What an API key may do, each by the name that stands in the API's documentation and beside its checkbox.</summary>
public static class ApiScopes
{
    public const string ReadStatusPages = "read:statuspages";
    public const string WriteStatusPages = "write:statuspages";

    /// <summary>Components and their groups.</summary>
    public const string ReadComponents = "read:components";
    public const string WriteComponents = "write:components";
    public const string ReadIncidents = "read:incidents";
    public const string WriteIncidents = "write:incidents";
    public const string ReadMaintenance = "read:maintenance";
    public const string WriteMaintenance = "write:maintenance";
    public const string ReadNotifications = "read:notifications";

    /// <summary>Notifications, test-sends, and pausing all sending.</summary>
    public const string WriteNotifications = "write:notifications";

    /// <summary>The delivery log, events and recoveries.</summary>
    public const string ReadDeliveries = "read:deliveries";

    /// <summary>Redeliver, cancel and resend.</summary>
    public const string WriteDeliveries = "write:deliveries";

    /// <summary>The bodies of requests and responses in the delivery log, beside <see cref="ReadDeliveries"/>.</summary>
    public const string ReadPayloads = "read:payloads";

    /// <summary>Every scope, in the order in which they are shown.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        ReadStatusPages, WriteStatusPages, ReadComponents, WriteComponents, ReadIncidents, WriteIncidents, ReadMaintenance, WriteMaintenance,
        ReadNotifications, WriteNotifications, ReadDeliveries, WriteDeliveries, ReadPayloads,
    ];
}
