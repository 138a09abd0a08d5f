using ATStatus.Core.Access;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.EndToEnd;

/// <summary>
/// A console of a large company: 200 components in 20 groups, 60 notifications, 5,000 log rows, 100 incidents, and as many of everything else that
/// a list is long. Nothing is sent.
/// </summary>
internal sealed class LongLists(IServiceProvider services, CancellationToken stop)
{
    private static readonly Actor Ada = new("ada@example.com");

    private static readonly string[] Parts = ["API gateway", "Background jobs", "Checkout", "Database", "Email delivery", "File storage", "Login", "Payments", "Search", "Webhooks"];

    private static readonly string[] Kinds = ["webhook", "slack", "discord", "teams"];

    /// <summary>The components' page.</summary>
    public int Page { get; private set; }

    /// <summary>Fills the console. Notifications come last, so that none of it is sent to them.</summary>
    public static async Task<LongLists> FillAsync(ConsoleApp app, CancellationToken stop)
    {
        var lists = new LongLists(app.Services, stop);
        await lists.FillPagesAsync();
        await lists.FillIncidentsAsync();
        await lists.FillAccountsAsync();
        await lists.FillNotificationsAsync();
        await LogRows.FillAsync(app.Services, 5_000);
        return lists;
    }

    private async Task FillPagesAsync()
    {
        Page = await Get<StatusPageService>().CreateAsync(new StatusPageInput("Main Status", "main"), stop);
        for (var i = 1; i <= 44; i++)
            await Get<StatusPageService>().CreateAsync(new StatusPageInput($"Customer {i:00}", $"customer-{i}"), stop);
        for (var group = 1; group <= 20; group++)
        {
            var id = await Get<ComponentOrder>().AddGroupAsync(Page, $"Region {group:00}", stop);
            foreach (var (part, i) in Parts.Select((part, i) => (part, i)))
            {
                var status = i == group % 10 && group <= 12 ? ComponentStatuses.All[1 + (group % 3)] : ComponentStatus.Operational;
                await Get<ComponentService>().CreateAsync(
                    new ComponentInput(Page, $"{part} {group:00}", status, $"{part} of region {group}, as customers use it", IsVisible: i != 9, GroupId: id), stop);
            }
        }
    }

    private async Task FillIncidentsAsync()
    {
        var components = (await Get<StatusPageQueries>().ComponentsAsync(Page, stop)).Select(row => row.Id).ToList();
        var now = DateTime.UtcNow;
        for (var i = 0; i < 100; i++)
        {
            var status = i % 5 == 0 ? IncidentStatus.Investigating : IncidentStatus.Resolved;
            await Get<IncidentService>().CreateAsync(
                new IncidentInput(
                    Page, $"Elevated error rates in region {i % 20 + 1:00}, case {i + 1}", IncidentSeverities.All[i % 3], status, "We look into it.",
                    [new(components[i], ComponentStatus.Degraded), new(components[i + 50], ComponentStatus.Degraded), new(components[i + 100], ComponentStatus.PartialOutage)])
                {
                    StartedAt = now.AddDays(-i).AddHours(-2),
                    EndedAt = status == IncidentStatus.Resolved ? now.AddDays(-i).AddHours(-1) : null,
                }, Ada, stop);
        }
        for (var i = 1; i <= 60; i++)
        {
            await Get<MaintenanceService>().ScheduleAsync(
                new MaintenanceInput(Page, $"Database upgrade of region {i % 20 + 1:00}, step {i}", "Short interruptions.", [components[i]], now.AddDays(i), now.AddDays(i).AddHours(2)), stop);
        }
        for (var i = 1; i <= 45; i++)
        {
            await Get<IncidentTemplateService>().AddAsync(
                new IncidentTemplateInput(
                    $"Template {i:00}", "Elevated error rates", IncidentSeverities.All[i % 3], IncidentStatus.Investigating,
                    "We are investigating elevated error rates in this region. Requests may fail or take longer than usual; we post an update within the hour."), stop);
        }
    }

    private async Task FillAccountsAsync()
    {
        await using (var db = await Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(stop))
        {
            // Without a password, which would take its time; they sign in elsewhere.
            db.Users.AddRange(Enumerable.Range(1, 60).Select(i => $"operator{i:00}@example.com").Select(email => new User
            {
                UserName = email,
                NormalizedUserName = email.ToUpperInvariant(),
                Email = email,
                NormalizedEmail = email.ToUpperInvariant(),
                SecurityStamp = email,
            }));
            await db.SaveChangesAsync(stop);
        }
        for (var i = 1; i <= 60; i++)
            await Get<AccountService>().InviteAsync(new InvitationInput($"person{i:00}@example.com", new(i % 3 == 0 ? Roles.Editor : Roles.Viewer)), Ada, stop);
        for (var i = 1; i <= 60; i++)
            await Get<ApiKeyService>().CreateAsync(new ApiKeyInput($"Script {i:00}", [ApiScopes.All[i % ApiScopes.All.Count]], ApiKeyExpiry.Never), Ada, stop);
    }

    private async Task FillNotificationsAsync()
    {
        await using var db = await Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(stop);
        for (var i = 1; i <= 60; i++)
        {
            var id = await Get<NotificationService>().CreateAsync(
                new NotificationInput("webhook", $"Endpoint of team {i:00}", new($"http://127.0.0.1:9/hooks/team-{i}/status-events", "s3cret"), new(i % 3 == 0 ? [EventType.IncidentCreated] : [.. EventTypes.All])), stop);
            var (kind, failure) = (Kinds[i % 7 == 0 ? 1 : 0], i % 5 == 0 ? FailureKind.HttpStatus : (FailureKind?)null);
            await db.Notifications.Where(n => n.Id == id).ExecuteUpdateAsync(row => row.SetProperty(n => n.Kind, kind), stop);
            await db.NotificationHealth.Where(h => h.NotificationId == id).ExecuteUpdateAsync(
                row => row.SetProperty(h => h.LastDeliveryId, i).SetProperty(h => h.LastAttemptAt, DateTime.UtcNow.AddMinutes(-i)).SetProperty(h => h.LastFailure, failure)
                    .SetProperty(h => h.LastStatusCode, failure is null ? 200 : 503), stop);
            if (i % 10 == 4)
                await Get<NotificationService>().SetEnabledAsync(id, false, stop);
        }
    }

    private T Get<T>()
        where T : notnull => services.GetRequiredService<T>();
}
