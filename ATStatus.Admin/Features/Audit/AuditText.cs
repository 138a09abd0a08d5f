using System.Globalization;
using System.Text.Json;
using ATStatus.Core.Model;

namespace ATStatus.Admin.Features.Audit;

/// <summary>One value of a thing before and after.</summary>
/// <param name="Name">What it is called, in words.</param>
/// <param name="Before">Null where there was none.</param>
/// <param name="After">Null where there is none any more.</param>
internal sealed record AuditValue(string Name, string? Before, string? After);

/// <summary>Entries in words.</summary>
internal static class AuditText
{
    public static string Label(this AuditAction action) => action switch
    {
        AuditAction.HistoryCorrected => "Corrected history",
        AuditAction.SignedIn => "Signed in",
        AuditAction.SignInFailed => "Sign-in failed",
        AuditAction.SignedOut => "Signed out",
        AuditAction.PasswordLinkCreated => "Created a password link",
        AuditAction.TestSent => "Sent a test",
        AuditAction.Probed => "Retried at once",
        AuditAction.SentNow => "Sent at once",
        AuditAction.ResendBegun => "Resent missed events",
        AuditAction.DeletedNow => "Deleted old entries",
        AuditAction.Pruned => "Deleted by retention",
        _ => action.ToString(),
    };

    public static string Label(this AuditObject kind) => kind switch
    {
        AuditObject.StatusPage => "Status page",
        AuditObject.ComponentGroup => "Component group",
        AuditObject.IncidentTemplate => "Incident template",
        AuditObject.IncidentDefaultTexts => "Default texts",
        AuditObject.MaintenanceSeries => "Maintenance series",
        AuditObject.ApiKey => "API key",
        AuditObject.TestReceiver => "Test receiver",
        AuditObject.DeliveryLog => "Delivery log",
        AuditObject.AuditTrail => "Audit log",
        _ => kind.ToString(),
    };

    /// <summary>Who did it.</summary>
    public static string Who(AuditEntry entry) => entry.ActorName.Length > 0 ? entry.ActorName : "Not signed in";

    /// <summary>What it was done to: "Incident Down", "Delivery #12".</summary>
    public static string Object(AuditEntry entry) =>
        entry.ObjectName.Length > 0 ? entry.ObjectName
        : entry.ObjectId is { } id && entry.ObjectKind != AuditObject.User ? $"#{id}"
        : "";

    /// <summary>The page of the thing, relative to the base path; null where it has none (any more).</summary>
    public static string? Href(AuditEntry entry) => entry.Action == AuditAction.Deleted ? null : (entry.ObjectKind, entry.ObjectId) switch
    {
        (AuditObject.StatusPage, { } id) => $"admin/status-pages/{id}",
        (AuditObject.Component, { } id) => $"admin/components/{id}",
        (AuditObject.Incident, { } id) => $"admin/incidents/{id}",
        (AuditObject.IncidentTemplate, { } id) => $"admin/incidents/templates/{id}",
        (AuditObject.IncidentDefaultTexts, _) => "admin/incidents/templates",
        (AuditObject.Maintenance, { } id) => $"admin/maintenance/{id}",
        (AuditObject.Notification, { } id) => $"admin/notifications/{id}",
        (AuditObject.Delivery, { } id) => $"admin/deliveries/{id}",
        (AuditObject.Event, { } id) => $"admin/events/{id}",
        (AuditObject.User or AuditObject.Invitation, not null) => "admin/users",
        (AuditObject.ApiKey, _) => "admin/api-keys",
        (AuditObject.TestReceiver, _) => "admin/test-receiver",
        _ => null,
    };

    /// <summary>The values before and after, side by side.</summary>
    public static IReadOnlyList<AuditValue> Values(AuditEntry entry)
    {
        var (before, after) = (Read(entry.Before), Read(entry.After));
        return [.. before.Keys.Concat(after.Keys).Distinct().Select(name => new AuditValue(
            Words(name), before.GetValueOrDefault(name), after.GetValueOrDefault(name)))];
    }

    private static Dictionary<string, string?> Read(string? json)
    {
        if (json is null)
            return [];
        using var document = JsonDocument.Parse(json);
        return document.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => Text(p.Value));
    }

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True => "Yes",
        JsonValueKind.False => "No",
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Array => string.Join('\n', value.EnumerateArray().Select(Text)),
        JsonValueKind.Object => string.Join('\n', value.EnumerateObject().Select(p => $"{p.Name}: {Text(p.Value)}")),
        _ => value.GetRawText(),
    };

    /// <summary>"Started at", for <c>started_at</c>.</summary>
    private static string Words(string name)
    {
        var words = name.Replace('_', ' ');
        return words switch
        {
            "url" => "URL",
            "tls trust" => "TLS trust",
            "public url" => "Public URL",
            "url hidden part" => "Hidden part of the URL",
            _ => string.Create(CultureInfo.InvariantCulture, $"{char.ToUpperInvariant(words[0])}{words[1..]}"),
        };
    }
}
