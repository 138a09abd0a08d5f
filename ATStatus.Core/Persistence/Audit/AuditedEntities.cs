using ATStatus.Core.Events;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.Identity;

namespace ATStatus.Core.Persistence.Audit;

/// <summary>What the audit trail keeps of which rows. What the engine writes with each delivery is not among them.</summary>
internal static class AuditedEntities
{
    private static readonly AuditedEntity[] Entities =
    [
        AuditedEntity.Of<StatusPage>(AuditObject.StatusPage, p => p.Name)
            .Plain("Name", "Slug", "Description", "PublicUrl", "TimeZone", "ArchivedAt")
            .Without("Id", "CreatedAt", "Version", "UpdatedAt"),
        AuditedEntity.Of<Component>(AuditObject.Component, c => c.Name)
            .Reference(AuditObject.StatusPage, "StatusPageId=status_page")
            .Plain("Name", "Description", "IsVisible=visible", "Status")
            .Reference(AuditObject.ComponentGroup, "GroupId=group")
            .Without("Id", "Position", "CreatedAt", "Version", "UpdatedAt"),
        AuditedEntity.Of<ComponentGroup>(AuditObject.ComponentGroup, g => g.Name)
            .Reference(AuditObject.StatusPage, "StatusPageId=status_page").Plain("Name").Without("Id", "Position", "Version", "UpdatedAt", "CreatedAt"),
        AuditedEntity.Of<ComponentStatement>(AuditObject.Component, _ => null)
            .Tells(AuditAction.HistoryCorrected, idProperty: nameof(ComponentStatement.ComponentId)).Only<ComponentStatement>(s => s.Source == StatementSource.Correction)
            .Plain("From", "To=until", "Status").Without("Id", "ComponentId", "Source", "SourceId", "Overrides", "SinceStart", "SavedAt", "ReplacedAt", "Author"),
        AuditedEntity.Of<Incident>(AuditObject.Incident, i => i.Title)
            .Reference(AuditObject.StatusPage, "StatusPageId=status_page").Plain("Title", "Severity", "Status", "StartedAt", "ResolvedAt", "EndedAt", "Postmortem")
            .Without("Id", "CreatedAt", "Version", "UpdatedAt"),
        AuditedEntity.Of<IncidentTemplate>(AuditObject.IncidentTemplate, t => t.Name).Plain("Name", "Title", "Severity", "Status", "Message").Without("Id"),
        AuditedEntity.Of<IncidentDefaultTexts>(AuditObject.IncidentDefaultTexts, _ => "Default texts")
            .Plain("Investigating", "Identified", "Monitoring", "Resolved").Without("Id", "Version"),
        AuditedEntity.Of<MaintenanceWindow>(AuditObject.Maintenance, w => w.Title)
            .Reference(AuditObject.StatusPage, "StatusPageId=status_page").Reference(AuditObject.MaintenanceSeries, "SeriesId=series")
            .Plain("Title", "Message", "Start", "End", "Status", "StartsAutomatically", "RemindBefore", "RemindedOf")
            .Without("Id", "PlannedFor", "RemindAt", "RemindsSilently", "CreatedAt", "Version", "UpdatedAt"),
        AuditedEntity.Of<MaintenanceSeries>(AuditObject.MaintenanceSeries, s => s.Title)
            .Reference(AuditObject.StatusPage, "StatusPageId=status_page")
            .Plain("Title", "Rule", "TimeZone", "Duration", "Message", "DoNotNotify", "StartsAutomatically", "RemindBefore", "IsEnded=ended").Without("Id"),
        AuditedEntity.Of<Notification>(AuditObject.Notification, n => n.Name)
            .Plain("Kind=type", "Name", "Enabled", "DisabledReason", "Transport.DisplayUrl=url")
            // Of a URL that is a credential the shown part often stays.
            .Hidden("Transport.ProtectedUrl=url_hidden_part", "Transport.ProtectedSecret=secret", "Transport.PreviousProtectedSecret=previous_secret")
            .Plain("Transport.PreviousSecretUntil")
            .Hidden("Transport.ProtectedHeaders=headers", "Transport.Options.TlsCertificate")
            .Plain("Transport.Options.StandardWebhooks", "Transport.Options.TlsTrust", "Transport.Options.Settings", "Transport.Options.Body",
                "Transport.Options.RateLimit", "Transport.Options.RatePer")
            // Whoever writes one can put a key of the receiver's into it.
            .Hidden("Transport.Options.TemplateBody")
            .Plain("AllPages", "AllComponents", "MinSeverity", "InOrder")
            .Reference(AuditObject.Notification, "AlertNotificationId=alert")
            .Without("Id", "DisabledAt", "DeletedAt", "CreatedAt", "Version", "UpdatedAt"),
        AuditedEntity.Of<SendingPause>(AuditObject.Sending, _ => "All sending").Tells(AuditAction.Paused, AuditAction.Resumed)
            .Plain("PausedAt", "PausedBy").Without("Id"),
        AuditedEntity.Of<RecoveryRun>(AuditObject.Notification, _ => null).Tells(AuditAction.ResendBegun, idProperty: nameof(RecoveryRun.NotificationId))
            .Plain("Since", "Failed", "Skipped", "Total")
            .Without("Id", "NotificationId", "UpTo", "Done", "Reopened", "RequestedBy", "RequestedAt", "FinishedAt", "IsCancelled"),
        AuditedEntity.Of<User>(AuditObject.User, u => u.Email)
            .Plain("Email", "IsOn=on", "MaySeePayloads", "MayRedeliver", "TwoFactorEnabled=second_factor").Hidden("PasswordHash=password")
            .Without(
                "Id", "UserName", "NormalizedUserName", "NormalizedEmail", "EmailConfirmed", "SecurityStamp", "ConcurrencyStamp", "PhoneNumber",
                "PhoneNumberConfirmed", "LockoutEnd", "LockoutEnabled", "AccessFailedCount"),
        AuditedEntity.Of<Session>(AuditObject.User, _ => null).Tells(AuditAction.SignedIn, idProperty: nameof(Session.UserId))
            .Plain("Device", "IsStrong=second_factor").Without("Id", "UserId", "BegunAt", "LastSeenAt", "EndsAt", "Address"),
        AuditedEntity.Of<Invitation>(AuditObject.Invitation, i => i.Email)
            .Plain("Email", "Role", "MaySeePayloads", "MayRedeliver", "EndsAt").Without("Id", "TokenHash", "CreatedAt", "CreatedBy"),
        AuditedEntity.Of<AccessRules>(AuditObject.AccessRules, _ => "Access rules").Plain("RequiresSecondFactor").Without("Id"),
        AuditedEntity.Of<ApiKey>(AuditObject.ApiKey, k => k.Name)
            .Plain("Name", "Prefix", "Scopes", "ExpiresAt", "RevokedAt").Without("Id", "Hash", "CreatedAt", "CreatedBy", "LastUsedAt", "LastUsedFrom"),
    ];

    /// <summary>Rows that belong to the above.</summary>
    private static readonly AuditedPart[] Belonging =
    [
        AuditedPart.Of<IncidentComponent, Incident>(
            nameof(IncidentComponent.IncidentId), "components", c => new AuditReference(AuditObject.Component, c.ComponentId, c.Status is { } status ? $": {status}" : "")),
        AuditedPart.Posted<IncidentUpdate, Incident>(nameof(IncidentUpdate.IncidentId), "message", u => u.Message),
        AuditedPart.Of<MaintenanceComponent, MaintenanceWindow>(
            nameof(MaintenanceComponent.WindowId), "components", c => new AuditReference(AuditObject.Component, c.ComponentId)),
        AuditedPart.Posted<MaintenanceUpdate, MaintenanceWindow>(nameof(MaintenanceUpdate.WindowId), "posted_message", u => u.Message),
        AuditedPart.Of<MaintenanceSeriesComponent, MaintenanceSeries>(
            nameof(MaintenanceSeriesComponent.SeriesId), "components", c => new AuditReference(AuditObject.Component, c.ComponentId)),
        AuditedPart.Of<NotificationEvent, Notification>(nameof(NotificationEvent.NotificationId), "events", e => e.Type.WireName()),
        AuditedPart.Of<NotificationPage, Notification>(
            nameof(NotificationPage.NotificationId), "status_pages", p => new AuditReference(AuditObject.StatusPage, p.StatusPageId)),
        AuditedPart.Of<NotificationComponent, Notification>(
            nameof(NotificationComponent.NotificationId), "components", c => new AuditReference(AuditObject.Component, c.ComponentId)),
        AuditedPart.Of<NotificationGroup, Notification>(
            nameof(NotificationGroup.NotificationId), "groups", g => new AuditReference(AuditObject.ComponentGroup, g.GroupId)),
        AuditedPart.Of<IdentityUserRole<Guid>, User>(nameof(IdentityUserRole<Guid>.UserId), "role", r => new AuditRole(r.RoleId)),
        AuditedPart.Of<IdentityUserToken<Guid>, User>(
            nameof(IdentityUserToken<Guid>.UserId), "second_factor_secrets", (t, isChanged) => isChanged ? $"{t.Name} (changed)" : t.Name),
        AuditedPart.Of<IdentityUserPasskey<Guid>, User>(nameof(IdentityUserPasskey<Guid>.UserId), "passkeys", p => p.Data?.Name ?? ""),
    ];

    private static readonly Dictionary<Type, AuditedEntity> ByType = Entities.ToDictionary(e => e.Type);

    private static readonly Dictionary<Type, AuditedPart> PartsByType = Belonging.ToDictionary(p => p.Type);

    public static IReadOnlyList<AuditedEntity> All => Entities;

    public static AuditedEntity? Find(Type type) => ByType.GetValueOrDefault(type);

    public static AuditedPart? FindPart(Type type) => PartsByType.GetValueOrDefault(type);
}

/// <summary>A role, which an entry names.</summary>
internal sealed record AuditRole(Guid Id);
