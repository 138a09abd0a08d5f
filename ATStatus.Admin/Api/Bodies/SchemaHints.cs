using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Sending;
using ATStatus.Core.Sending.Bodies;

namespace ATStatus.Admin.Api.Bodies;

/// <summary>A text that is one of an enumeration's names on the wire. For the document.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class WordsAttribute(Type type) : Attribute
{
    /// <summary>The names.</summary>
    public IReadOnlyList<string> Names => Words.Of(type);
}

/// <summary>A text that is an instant (RFC 3339). For the document.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class InstantAttribute : Attribute;

/// <summary>The names on the wire of what the API has words for.</summary>
internal static class Words
{
    public static IReadOnlyList<string> Statuses { get; } = [.. ComponentStatuses.All.Select(s => s.WireName())];

    public static IReadOnlyList<string> IncidentStatuses { get; } = [.. Core.Events.IncidentStatuses.All.Select(s => s.WireName())];

    public static IReadOnlyList<string> Severities { get; } = [.. IncidentSeverities.All.Select(s => s.WireName())];

    public static IReadOnlyList<string> MaintenanceStatuses { get; } = [.. Core.Events.MaintenanceStatuses.All.Select(s => s.WireName())];

    public static IReadOnlyList<string> Events { get; } = [.. EventTypes.Every.Select(e => e.WireName())];

    public static IReadOnlyList<string> DeliveryStates { get; } = [.. Enum.GetValues<DeliveryState>().Select(s => s.WireName())];

    public static IReadOnlyList<string> Failures { get; } = [.. Enum.GetValues<FailureKind>().Select(f => f.WireName())];

    public static IReadOnlyList<string> Bodies { get; } = [.. Enum.GetValues<BodyKind>().Select(kind => kind.WireName())];

    /// <summary>Those of an enumeration.</summary>
    public static IReadOnlyList<string> Of(Type type) =>
        type == typeof(ComponentStatus) ? Statuses
        : type == typeof(IncidentStatus) ? IncidentStatuses
        : type == typeof(IncidentSeverity) ? Severities
        : type == typeof(MaintenanceStatus) ? MaintenanceStatuses
        : type == typeof(EventType) ? Events
        : type == typeof(DeliveryState) ? DeliveryStates
        : type == typeof(FailureKind) ? Failures
        : type == typeof(BodyKind) ? Bodies
        : throw new ArgumentOutOfRangeException(nameof(type), type, null);
}
