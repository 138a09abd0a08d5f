using ATStatus.Core.Events;

namespace ATStatus.Core.Sending.Bodies;

/// <summary>In which form a webhook's body tells its event.</summary>
public enum BodyKind
{
    /// <summary>As the Custom Webhooks document has it: the stored event, byte for byte.</summary>
    Documented,

    /// <summary>As Atlassian Statuspage sends it.</summary>
    Statuspage,

    /// <summary>CloudEvents 1.0, structured JSON.</summary>
    CloudEvents,

    /// <summary>What a Liquid template of the operator's yields.</summary>
    Template,
}

/// <summary>The names of <see cref="BodyKind"/>.</summary>
public static class BodyKinds
{
    /// <summary>The name in the API and in files, e.g. <c>cloudevents</c>.</summary>
    public static string WireName(this BodyKind kind) => kind switch
    {
        BodyKind.Documented => "documented",
        BodyKind.Statuspage => "statuspage",
        BodyKind.CloudEvents => "cloudevents",
        BodyKind.Template => "template",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>The name that people read.</summary>
    public static string Label(this BodyKind kind) => kind.ToString();

    /// <summary>The request's <c>Content-Type</c>.</summary>
    public static string ContentType(this BodyKind kind) => kind == BodyKind.CloudEvents ? "application/cloudevents+json" : "application/json";

    /// <summary>Reads a name written by <see cref="WireName"/>.</summary>
    public static bool TryParse(string? name, out BodyKind kind) => WireNames.TryFind(Enum.GetValues<BodyKind>(), WireName, name, out kind);
}
