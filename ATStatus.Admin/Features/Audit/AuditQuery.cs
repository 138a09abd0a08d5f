using System.Globalization;
using System.Text.Json;
using ATStatus.Admin.Features.Deliveries;
using ATStatus.Core.Access.Audit;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.WebUtilities;

namespace ATStatus.Admin.Features.Audit;

/// <summary>What part of the audit log is shown: the address is the page's state. Values that make no sense count as absent.</summary>
public sealed record AuditQuery
{
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

    public bool IsFiltered => Newest() != new AuditQuery();

    public AuditFilter Filter => new(User, Action, Object, Id, From, Until);

    /// <summary>The same filters, from the newest on.</summary>
    public AuditQuery Newest() => this with { Before = null, After = null };

    /// <summary>Reads the address's query values by their names.</summary>
    public static AuditQuery Parse(Func<string, string?> value)
    {
        var kind = ValueOf<AuditObject>(value("object"));
        return new AuditQuery
        {
            User = TextOf(value("user"), AuditEntry.NameLength),
            Action = ValueOf<AuditAction>(value("action")),
            Object = kind,
            Id = kind is null ? null : TextOf(value("id"), AuditEntry.IdLength),
            From = DeliverySince.Parse(value("from"))?.At,
            Until = DeliverySince.Parse(value("until"))?.At,
            Before = Key(value("before")),
            After = Key(value("before")) is null ? Key(value("after")) : null,
        };
    }

    /// <summary>The values as the address holds them; null leaves one out.</summary>
    public IReadOnlyDictionary<string, object?> ToParameters() => new Dictionary<string, object?>
    {
        ["user"] = User,
        ["action"] = Action is { } action ? NameOf(action) : null,
        ["object"] = Object is { } kind ? NameOf(kind) : null,
        ["id"] = Id,
        ["from"] = From is { } from ? DeliverySince.Instant(from).Text : null,
        ["until"] = Until is { } until ? DeliverySince.Instant(until).Text : null,
        ["before"] = Before,
        ["after"] = After,
    };

    /// <summary>An address below the console's, with the filters.</summary>
    public string AddressOf(string path) => QueryHelpers.AddQueryString(
        path, Newest().ToParameters().Where(p => p.Value is not null)
            .Select(p => KeyValuePair.Create(p.Key, Convert.ToString(p.Value, CultureInfo.InvariantCulture))));

    /// <summary>The name of an action or a kind in addresses and files: <c>sign_in_failed</c>.</summary>
    public static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    public static T? ValueOf<T>(string? name)
        where T : struct, Enum => Enum.GetValues<T>().Where(value => NameOf(value) == name).Select(value => (T?)value).FirstOrDefault();

    private static string? TextOf(string? text, int length) => text is { Length: > 0 } && text.Length <= length ? text : null;

    private static long? Key(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var key) ? key : null;
}
