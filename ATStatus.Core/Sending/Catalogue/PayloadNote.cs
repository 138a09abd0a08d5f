using ATStatus.Core.Events;

namespace ATStatus.Core.Sending.Catalogue;

/// <summary>What the type of a payload's property does not say: what it means to a receiver, and where the payload departs from the record.</summary>
/// <param name="Description">For receivers.</param>
internal sealed record PayloadNote(string Description)
{
    private const string Id = "The number by which the console knows it.";

    private static readonly Dictionary<(Type Record, string Member), PayloadNote> All = new()
    {
        [(typeof(EventEnvelope), nameof(EventEnvelope.Type))] = new("What happened.") { Name = "event" },
        [(typeof(EventEnvelope), nameof(EventEnvelope.Timestamp))] = new("When it happened, UTC."),
        [(typeof(EventEnvelope), nameof(EventEnvelope.Page))] = new("The status page it happened on; null for alerts, which happen on none.") { Name = "statusPage" },
        [(typeof(EventEnvelope), nameof(EventEnvelope.Data))] = new("What it happened to, as it was at that moment."),

        [(typeof(StatusPageRef), nameof(StatusPageRef.Id))] = new(Id),
        [(typeof(StatusPageRef), nameof(StatusPageRef.Name))] = new("The page's name."),
        [(typeof(StatusPageRef), nameof(StatusPageRef.Slug))] = new("The page's name in addresses."),

        [(typeof(IncidentData), nameof(IncidentData.Id))] = new($"{Id} The same in each event of one incident."),
        [(typeof(IncidentData), nameof(IncidentData.Title))] = new("The incident's title."),
        [(typeof(IncidentData), nameof(IncidentData.Status))] = new("The status after the event."),
        [(typeof(IncidentData), nameof(IncidentData.Severity))] = new("How bad it is."),
        [(typeof(IncidentData), nameof(IncidentData.Message))] = new("The text of the update that raised the event."),
        [(typeof(IncidentData), nameof(IncidentData.Components))] = new("The names of the affected components."),
        [(typeof(IncidentData), nameof(IncidentData.StartedAt))] = new("When the incident began, UTC."),

        [(typeof(MaintenanceData), nameof(MaintenanceData.Id))] = new($"{Id} The same in each event of one maintenance window."),
        [(typeof(MaintenanceData), nameof(MaintenanceData.Title))] = new("The maintenance's title."),
        [(typeof(MaintenanceData), nameof(MaintenanceData.Status))] = new("Where the window stands.") { After = nameof(MaintenanceData.Title) },
        [(typeof(MaintenanceData), nameof(MaintenanceData.Message))] = new("What is being done; of maintenance.updated the update's text."),
        [(typeof(MaintenanceData), nameof(MaintenanceData.Components))] = new("The names of the affected components."),
        [(typeof(MaintenanceData), nameof(MaintenanceData.WindowStart))] = new("When the window opens, UTC; once it has started, when it really did."),
        [(typeof(MaintenanceData), nameof(MaintenanceData.WindowEnd))] = new("When the window closes, UTC; once it is completed, when it really did."),

        [(typeof(ComponentData), nameof(ComponentData.Id))] = new($"{Id} The same in each event of one component."),
        [(typeof(ComponentData), nameof(ComponentData.Name))] = new("The component's name."),
        [(typeof(ComponentData), nameof(ComponentData.PreviousStatus))] = new("The status before the event; null when the component was created."),
        [(typeof(ComponentData), nameof(ComponentData.NewStatus))] = new("The status after the event; null when the component was deleted."),
        [(typeof(ComponentData), nameof(ComponentData.UptimePercent))] =
            new("Uptime over the last 90 days or the component's life, whichever is shorter, with two decimals at most. Maintenance does not count.")
            {
                Range = (0, 100),
            },

        [(typeof(NotificationData), nameof(NotificationData.Id))] = new(Id),
        [(typeof(NotificationData), nameof(NotificationData.Name))] = new("What the operator calls the notification that fails."),
        [(typeof(NotificationData), nameof(NotificationData.Kind))] =
            new("Its type.") { Name = "type", Names = [.. DeliverySenders.All.Select(kind => kind.Name)] },
        [(typeof(NotificationData), nameof(NotificationData.Reason))] = new("What happened, in a sentence or two for people."),
        // An attempt that was called off fails nothing.
        [(typeof(NotificationData), nameof(NotificationData.Failure))] = new("What its last attempt failed with.")
        {
            Names = [.. Enum.GetValues<FailureKind>().Where(kind => kind != FailureKind.Cancelled).Select(kind => kind.WireName())],
        },
        [(typeof(NotificationData), nameof(NotificationData.StatusCode))] =
            new("The status code of that attempt's response; null where there was none.") { Range = (100, 999) },
        [(typeof(NotificationData), nameof(NotificationData.LastSuccessAt))] = new("When it last succeeded, UTC; null where it never did."),
        [(typeof(NotificationData), nameof(NotificationData.Delivery))] = new("The delivery whose attempt failed.") { IsWrittenInPlace = true },

        [(typeof(FailedDelivery), nameof(FailedDelivery.Id))] = new("The number of the delivery that failed.") { Name = "deliveryId" },
        // An alert that does not arrive raises none.
        [(typeof(FailedDelivery), nameof(FailedDelivery.Event))] =
            new("That delivery's event type.") { Names = [.. EventTypes.Selectable.Select(type => type.WireName())] },
        [(typeof(FailedDelivery), nameof(FailedDelivery.EventId))] = new("The number of that delivery's event."),
        [(typeof(FailedDelivery), nameof(FailedDelivery.Url))] = new("The delivery's page in the console; null where the console's public address is not set."),
    };

    /// <summary>The name in the payload; the member's own in camel case where it is null.</summary>
    public string? Name { get; init; }

    /// <summary>The member behind which it is written; null where the record's order is the payload's.</summary>
    public string? After { get; init; }

    /// <summary>The names that can stand there; null where the type says what can.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>The smallest and the largest number.</summary>
    public (int Smallest, int Largest)? Range { get; init; }

    /// <summary>Whether the payload has the properties of this record instead of an object.</summary>
    public bool IsWrittenInPlace { get; init; }

    /// <summary>The note about a record's member.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static PayloadNote Of(Type record, string member) => All.TryGetValue((record, member), out var note)
        ? note
        : throw new InvalidOperationException($"{record.Name}.{member} has no note for receivers.");
}
