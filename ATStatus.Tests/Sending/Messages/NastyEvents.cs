using ATStatus.Core.Events;
using ATStatus.Tests.Events;
using CsCheck;

namespace ATStatus.Tests.Sending.Messages;

/// <summary>Events with texts that try to be more than text, and with far too much of it.</summary>
internal static class NastyEvents
{
    public static readonly DateTime Noon = new(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc);
    public static readonly StatusPageRef Page = new(7, "Main Status", "main");

    /// <summary>What services read as markup, mentions, links, times, entities; what turns, hides or is no text at all.</summary>
    private static readonly string[] Fragments =
    [
        "@everyone", "@here", "@Everyone", "<@123456789012345678>", "<@!1>", "<@&99>", "<#1>", "</say:1>", "<:ok:1>", "<a:ok:1>", "<t:1:R>", "<id:home>",
        "<!channel>", "<!here|here>", "<@U012AB3CD>", "<!subteam^S1>", "<#C1>", "<!date^1^{time}|x>", "<https://evil.example|innocent>",
        "<at>Ada</at>", "{{DATE(2020-01-01T00:00:00Z)}}", "{{{TIME(2020-01-01T00:00:00Z)}}", "[click](https://evil.example)", "![i](https://evil.example/i.png)",
        "**bold**", "__under__", "*", "_", "~~no~~", "`code`", "```\nblock\n```", "||spoiler||", "\\", "\\*", "\n# head", "\n> quote", "\n>>> all", "\n- item",
        "\n-# small", "\n1. one", "\n12) two", "\n===", "&amp;", "&lt;", "&#42;", "&", "<", ">", "\"", "'", "|", "api_gateway_v2", "2 * 3 * 4", "a@example.com",
        "https://status.example.com/a_b*c?x=1&y=2#z", "HTTP://EXAMPLE.COM/(x)", "http://", "https://[::1]/x.", "(https://example.com).",
        "👩‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "🇩🇪", "e\u0301", "ỗ", "क्षि", "مرحبا", "שלום", "\u202Eevil\u202C", "\u2067rtl", "\u200F", "\u200B", "\uFEFF", "\u00AD", "\u3164",
        "\0", "\u0001", "\u0007", "\b", "\u001B[31m", "\u007F", "\u0085", "\u2028", "\u2029", "\t", "\r\n", "\r", "\n", "\n\n\n\n", "   ", "\uD83D", "\uDE00", "\uFFFE", " ",
        "plain words", "Das ist länger.", "漢字",
    ];

    public static Gen<string> Text { get; } = Gen.OneOf(
        Gen.OneOf(Fragments).Array[0, 30].Select(parts => string.Concat(parts)),
        Gen.OneOf(Fragments).Array[0, 12].Select(parts => string.Join(' ', parts)),
        Gen.Select(Gen.OneOf(Fragments), Gen.Int[1, 500], (part, times) => string.Concat(Enumerable.Repeat(part, times))),
        Texts.WithSurrogates);

    private static readonly Gen<string[]> Names = Gen.OneOf(Text.Array[0, 5], Gen.OneOf(Fragments).Array[0, 200], Gen.Const("API").Array[0, 200]);

    private static readonly Gen<DateTime> Instant = Gen.Int[-2_000_000_000, 2_000_000_000].Select(seconds => Noon.AddSeconds(seconds));

    private static readonly Gen<ComponentStatus> Status = Gen.OneOf(ComponentStatuses.All.ToArray());

    private static readonly Gen<StatusPageRef> AnyPage = Gen.Select(Gen.Int[0, 9], Text, (id, name) => new StatusPageRef(id, name, "main"));

    /// <summary>Payloads of any event.</summary>
    public static Gen<byte[]> Payloads { get; } =
        from type in Gen.OneOf(EventTypes.Selectable.ToArray())
        from page in AnyPage
        from at in Instant
        from data in DataOf(type)
        select EventPayload.Write(type, at, page, data);

    /// <summary>What a chat is sent: one event, or all of a save.</summary>
    public static Gen<byte[]> Saves { get; } = Gen.OneOf(Payloads, Payloads.Array[2, 12].Select(EventPayload.Combine));

    /// <summary>An incident's event, the way tests name only what they are about.</summary>
    public static byte[] Incident(
        string title = "API Connectivity Issues", string message = "We are investigating.", string[]? components = null,
        IncidentSeverity severity = IncidentSeverity.Major, EventType type = EventType.IncidentCreated, string page = "Main Status") => EventPayload.Write(
        type, Noon, Page with { Name = page }, new IncidentData(
            1, title, type == EventType.IncidentResolved ? IncidentStatus.Resolved : IncidentStatus.Investigating, severity, message,
            components ?? ["API", "Dashboard"], Noon.AddMinutes(-5)));

    /// <summary>One event of each type, as Send test has them.</summary>
    public static IEnumerable<byte[]> Samples => EventTypes.Selectable.Select(type =>
    {
        var (page, data) = SampleEvents.For(type, Noon, Page);
        return EventPayload.Write(type, Noon, page, data);
    });

    /// <summary>Too much of everything, one kind at a time.</summary>
    public static IEnumerable<byte[]> Extremes
    {
        get
        {
            foreach (var part in new[] { "x", "*", "\\", "&", "<", "{{", "\n", " ", "😀", "👩‍👩‍👧‍👦", "\u0301", "漢", "\"", "word ", "a_b " })
            {
                var much = string.Concat(Enumerable.Repeat(part, 100_000 / part.Length));
                yield return Incident(message: much);
                yield return Incident(title: much[..2_000], message: much, components: [.. Enumerable.Repeat(much[..200], 200)], page: much[..500]);
            }

            yield return Incident(title: "", message: "", components: []);
            yield return Incident(title: "\u200B\u00AD ", message: " \n\t ", components: ["", " ", "\u0001"], page: "\u3164");
            yield return Incident(message: "https://example.com/" + new string('a', 100_000));
            yield return Incident(message: "e" + new string('\u0301', 100_000));
            yield return Incident(components: [.. Enumerable.Range(1, 200).Select(n => $"Component number {n}")]);
        }
    }

    private static Gen<EventData> DataOf(EventType type) => type.Group() switch
    {
        EventGroup.Incidents =>
            from title in Text
            from message in Text
            from names in Names
            from at in Instant
            from severity in Gen.OneOf(IncidentSeverities.All.ToArray())
            from status in Gen.OneOf(IncidentStatuses.All.ToArray())
            select (EventData)new IncidentData(
                1, title, type == EventType.IncidentResolved ? IncidentStatus.Resolved : status, severity, message, names, at),
        EventGroup.Maintenance =>
            from title in Text
            from message in Text
            from names in Names
            from starts in Instant
            from ends in Instant
            from status in Gen.OneOf(MaintenanceStatuses.All.ToArray())
            select (EventData)new MaintenanceData(2, title, message, names, starts, ends) { Status = type.IsAdditional() ? status : null },
        _ =>
            from name in Text
            from before in Status
            from after in Status
            from uptime in Gen.Int[0, 10_000]
            select (EventData)new ComponentData(
                3, name, type == EventType.ComponentCreated ? null : before, type == EventType.ComponentDeleted ? null : after, uptime / 100m),
    };
}
