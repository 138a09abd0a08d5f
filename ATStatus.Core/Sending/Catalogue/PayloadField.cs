using System.Reflection;
using ATStatus.Core.Events;

namespace ATStatus.Core.Sending.Catalogue;

/// <summary>One property of a payload's object: the member of the record that it is written from, and what is said about it.</summary>
/// <param name="Member">The record's property.</param>
internal sealed record PayloadField(PropertyInfo Member, PayloadNote Note)
{
    private static readonly NullabilityInfoContext Nullability = new();
    private static readonly Lock NullabilityLock = new();

    /// <summary>The name in the payload.</summary>
    public string Name => Note.Name ?? char.ToLowerInvariant(Member.Name[0]) + Member.Name[1..];

    /// <summary>The type of a value that is not null.</summary>
    public Type Type => Nullable.GetUnderlyingType(Member.PropertyType) ?? Member.PropertyType;

    /// <summary>Whether the record allows null.</summary>
    public bool IsNullable { get; } = AllowsNull(Member);

    /// <summary>
    /// The properties of the object that is written from a record, in the order of the payload: the constructor's, then the others, each
    /// where its note moves it. A record that is written in place gives its own properties.
    /// </summary>
    /// <exception cref="InvalidOperationException">A member has no note.</exception>
    public static IReadOnlyList<PayloadField> Of(Type record)
    {
        var constructor = record.GetConstructors().Single().GetParameters().Select(parameter => parameter.Name);
        const BindingFlags declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        var members = record.GetProperties(declared).ToDictionary(member => member.Name);
        var fields = new List<PayloadField>();
        foreach (var name in constructor.Concat(members.Keys).OfType<string>().Distinct())
        {
            var field = new PayloadField(members[name], PayloadNote.Of(record, name));
            if (field.Note.IsWrittenInPlace)
                fields.AddRange(Of(field.Type));
            else
                fields.Insert(field.Note.After is { } before ? fields.FindIndex(other => other.Member.Name == before) + 1 : fields.Count, field);
        }
        return fields;
    }

    /// <summary>Whether it stands in an event's payload, and whether as null: the rules that <see cref="EventPayload.Write"/> holds to.</summary>
    public PayloadValue ValueIn(EventType type) => (Member.DeclaringType!.Name, Member.Name) switch
    {
        (nameof(EventEnvelope), nameof(EventEnvelope.Page)) => type.IsAlert() ? PayloadValue.Null : PayloadValue.Given,
        (nameof(MaintenanceData), nameof(MaintenanceData.Status)) => type.IsAdditional() ? PayloadValue.Given : PayloadValue.Absent,
        (nameof(ComponentData), nameof(ComponentData.PreviousStatus)) => type == EventType.ComponentCreated ? PayloadValue.Null : PayloadValue.Given,
        (nameof(ComponentData), nameof(ComponentData.NewStatus)) => type == EventType.ComponentDeleted ? PayloadValue.Null : PayloadValue.Given,
        _ => IsNullable ? PayloadValue.GivenOrNull : PayloadValue.Given,
    };

    /// <summary>The values that can stand in an event's payload, by their names there; null where any of the type can.</summary>
    public IReadOnlyList<string>? NamesIn(EventType type) => (Member.DeclaringType!.Name, Member.Name) switch
    {
        (nameof(EventEnvelope), nameof(EventEnvelope.Type)) => [type.WireName()],
        (nameof(IncidentData), nameof(IncidentData.Status)) when type == EventType.IncidentResolved => [IncidentStatus.Resolved.WireName()],
        _ => Note.Names ?? NamesOf(Type),
    };

    private static IReadOnlyList<string>? NamesOf(Type type) =>
        type == typeof(IncidentStatus) ? [.. IncidentStatuses.All.Select(value => value.WireName())]
        : type == typeof(IncidentSeverity) ? [.. IncidentSeverities.All.Select(value => value.WireName())]
        : type == typeof(MaintenanceStatus) ? [.. MaintenanceStatuses.All.Select(value => value.WireName())]
        : type == typeof(ComponentStatus) ? [.. ComponentStatuses.All.Select(value => value.WireName())]
        : type.IsEnum ? throw new InvalidOperationException($"The names of {type.Name} are not known here.")
        : null;

    private static bool AllowsNull(PropertyInfo member)
    {
        // It keeps what it has found, and is not made for several threads.
        lock (NullabilityLock)
            return Nullability.Create(member).ReadState == NullabilityState.Nullable;
    }
}

/// <summary>What stands in a payload for a member of a record.</summary>
internal enum PayloadValue
{
    /// <summary>A value.</summary>
    Given,

    /// <summary>A value or null.</summary>
    GivenOrNull,

    /// <summary>Null.</summary>
    Null,

    /// <summary>Nothing, not even the name.</summary>
    Absent,
}
