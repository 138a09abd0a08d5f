using System.Text.Json;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Features.Deliveries;
using ATStatus.Admin.Features.Lists;
using ATStatus.Core.Access.Audit;
using ATStatus.Core.Model;

namespace ATStatus.Admin.Features.Audit;

/// <summary>What part of the audit log is shown.</summary>
public sealed record AuditQuery : PageQuery<AuditQuery>, IPageQuery<AuditQuery>
{
    public static IReadOnlyList<QueryPart<AuditQuery>> Parts { get; } =
    [
        new("user", query => query.User, (query, name) => query with { User = TextOf(name, AuditEntry.NameLength) })
        {
            Field = QueryField.Select,
            Label = "User",
            Placeholder = "Everyone",
            Chip = (query, _) => new(query.User!),
        },
        PageQueries.Choose<AuditQuery>(
            "action", "Action", "All actions", [.. Enum.GetValues<AuditAction>().Select(action => new Choice<string>(NameOf(action), action.Label()))],
            query => query.Action is { } action ? NameOf(action) : null, (query, name) => query with { Action = ValueOf<AuditAction>(name) }),
        PageQueries.Choose<AuditQuery>(
            "object", "Object", "All objects", [.. Enum.GetValues<AuditObject>().Select(kind => new Choice<string>(NameOf(kind), kind.Label()))],
            query => query.Object is { } kind ? NameOf(kind) : null,
            // A number is one of its kind alone.
            (query, name) => ValueOf<AuditObject>(name) is var kind && kind == query.Object ? query : query with { Object = kind, Id = null }),
        new("id", query => query.Id, (query, id) => query with { Id = query.Object is null ? null : TextOf(id, AuditEntry.IdLength) })
        {
            Chip = (query, _) => new($"{query.Object!.Value.Label()} #{query.Id}"),
        },
        new("from", query => query.From is { } from ? DeliverySince.Instant(from).Text : null, (query, text) => query with { From = DeliverySince.Parse(text)?.At })
        {
            Chip = (query, clock) => new($"From {clock.Absolute(query.From!.Value)}", $"From {clock.Exact(query.From.Value)}"),
        },
        new("until", query => query.Until is { } until ? DeliverySince.Instant(until).Text : null, (query, text) => query with { Until = DeliverySince.Parse(text)?.At })
        {
            Chip = (query, clock) => new($"Until {clock.Absolute(query.Until!.Value)}", $"Before {clock.Exact(query.Until.Value)}"),
        },
        PageQueries.Key<AuditQuery>("before", query => query.Before, (query, key) => query with { Before = key }),
        PageQueries.Key<AuditQuery>("after", query => query.After, (query, key) => query with { After = query.Before is null ? key : null }),
    ];

    public string? User { get; init; }

    public AuditAction? Action { get; init; }

    public AuditObject? Object { get; init; }

    /// <summary>The number of one thing of that kind.</summary>
    public string? Id { get; init; }

    /// <summary>UTC, to the minute.</summary>
    public DateTime? From { get; init; }

    /// <summary>UTC, to the minute.</summary>
    public DateTime? Until { get; init; }

    /// <summary>Only entries older than this one.</summary>
    public long? Before { get; init; }

    /// <summary>Those next newer than this one.</summary>
    public long? After { get; init; }

    public AuditFilter Filter => new(User, Action, Object, Id, From, Until);

    /// <summary>The name of an action or a kind in addresses and files: <c>sign_in_failed</c>.</summary>
    public static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    public static T? ValueOf<T>(string? name)
        where T : struct, Enum => Enum.GetValues<T>().Where(value => NameOf(value) == name).Select(value => (T?)value).FirstOrDefault();

    private static string? TextOf(string? text, int length) => text is { Length: > 0 } && text.Length <= length ? text : null;
}
