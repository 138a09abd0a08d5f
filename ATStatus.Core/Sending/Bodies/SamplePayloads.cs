using ATStatus.Core.Events;

namespace ATStatus.Core.Sending.Bodies;

/// <summary>What a template is tried on before it is saved: for each type of event a usual one, and one with all that is easily forgotten.</summary>
internal static class SamplePayloads
{
    /// <summary>What breaks JSON that was put together without care.</summary>
    private const string Awkward = "\"Quoted\" \\ and\nof two lines, with { } and 😀";

    private static readonly DateTime At = new(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc);

    public static IEnumerable<(EventType Type, byte[] Payload)> All()
    {
        foreach (var type in EventTypes.Selectable.Concat(EventTypes.Alerts))
        {
            var (page, data) = SampleEvents.For(type, At);
            yield return (type, EventPayload.Write(type, At, page, data));
            yield return (type, EventPayload.Write(type, At, page, AwkwardOf(data)));
        }
    }

    private static EventData AwkwardOf(EventData data) => data switch
    {
        IncidentData incident => incident with { Title = Awkward, Message = Awkward, Components = [] },
        MaintenanceData window => window with { Title = Awkward, Message = "", Components = [Awkward] },
        ComponentData component => component with { Name = Awkward },
        NotificationData alert => alert with { Name = Awkward, StatusCode = null, LastSuccessAt = null },
        _ => data,
    };
}
