using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.StatusPages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.EndToEnd;

/// <summary>What a showcase has before anybody is subscribed: a second page, groups, a history, templates, maintenance in every state.</summary>
internal sealed class ShowcaseBackdrop(IServiceProvider services, CancellationToken stop)
{
    /// <summary>A window in each state.</summary>
    public Dictionary<MaintenanceStatus, int> Windows { get; } = [];

    private DateTime Now { get; } = TrimToMinute(services.GetRequiredService<TimeProvider>().GetUtcNow().UtcDateTime);

    public async Task FillAsync(int page)
    {
        await GroupAsync(page, "Platform", "API Gateway", "Database", "Background jobs");
        await RememberAsync(page);
        var shops = await Get<StatusPageService>().CreateAsync(
            new StatusPageInput("Customer shops in the European Union and the United Kingdom", "shops-eu", "What our shops' customers see.", "Europe/Berlin"), stop);
        int[] components =
        [
            await AddAsync(shops, "Storefront"), await AddAsync(shops, "Checkout"),
            await AddAsync(shops, "Product search with suggestions and filters"),
        ];
        await PlanAsync(shops, components);
        await SaveTemplatesAsync();
        await PruneAsync();
    }

    private static DateTime TrimToMinute(DateTime at) => new(at.Year, at.Month, at.Day, at.Hour, at.Minute, 0, DateTimeKind.Utc);

    private T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    private Task<AtStatusDbContext> OpenAsync() => Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(stop);

    private Task<int> AddAsync(int page, string name) =>
        Get<ComponentService>().CreateAsync(new ComponentInput(page, name, ComponentStatus.Operational), stop);

    private async Task GroupAsync(int page, string name, params string[] components)
    {
        var group = await Get<ComponentOrder>().AddGroupAsync(page, name, stop);
        var rows = await Get<StatusPageQueries>().ComponentsAsync(page, stop);
        foreach (var component in components)
            await Get<ComponentOrder>().MoveComponentAsync(rows.Single(row => row.Name == component).Id, group, int.MaxValue, stop);
    }

    /// <summary>Gives the page's components a past of some months, with bad days.</summary>
    private async Task RememberAsync(int page)
    {
        await using var db = await OpenAsync();
        foreach (var component in await db.Components.Include(c => c.Statements).Where(c => c.StatusPageId == page).OrderBy(c => c.Id).ToListAsync(stop))
        {
            component.CreatedAt = Now.AddDays(component.Name == "Database" ? -31 : -140);
            component.Statements[0].From = component.CreatedAt;
            ComponentStatus[] bad = [ComponentStatus.Degraded, ComponentStatus.PartialOutage, ComponentStatus.MajorOutage, ComponentStatus.Maintenance];
            for (var i = 0; i < component.Id % 3 + 2; i++)
            {
                var from = Now.AddDays(-5 - (17 * i) - component.Id).AddHours(-i);
                if (from < component.CreatedAt)
                    continue;
                component.Statements.Add(new ComponentStatement
                {
                    // Of an incident that was deleted since, and whose downtime was kept.
                    Source = StatementSource.Incident,
                    SourceId = 9000 + i,
                    Status = bad[(component.Id + i) % bad.Length],
                    SavedAt = from,
                    From = from,
                    To = from.AddMinutes(35 + (50 * i)),
                });
            }
        }
        await db.SaveChangesAsync(stop);
    }

    private async Task PlanAsync(int page, int[] components)
    {
        var service = Get<MaintenanceService>();
        var zone = PageTimeZone.Find("Europe/Berlin");
        // Noon comes once on every day, so no change of the clocks gets in the way.
        var noon = PageTimeZone.ToLocal(Now, zone).Date.AddHours(12);
        var local = PageTimeZone.ToLocal(Now, zone);

        Windows[MaintenanceStatus.Completed] = await ScheduleAsync("Payment provider renews its certificates", local.AddHours(-1), local.AddHours(1), [components[1]]);
        await service.CompleteNowAsync(Windows[MaintenanceStatus.Completed], await VersionAsync(MaintenanceStatus.Completed), cancellationToken: stop);
        await using (var db = await OpenAsync())
        {
            await db.MaintenanceWindows.ExecuteUpdateAsync(
                w => w.SetProperty(x => x.Start, Now.AddDays(-3).AddMinutes(-95)).SetProperty(x => x.End, Now.AddDays(-3)), stop);
        }
        Windows[MaintenanceStatus.Cancelled] = await ScheduleAsync("Move to the new data centre", noon.AddDays(20), noon.AddDays(20).AddHours(6), components);
        await service.CancelAsync(
            Windows[MaintenanceStatus.Cancelled], await VersionAsync(MaintenanceStatus.Cancelled),
            new MaintenanceCancelInput("The move waits until the new lines are in place. We announce a new date here.", Notify: true), new Actor("dana@example.com"), stop);
        Windows[MaintenanceStatus.InProgress] = await ScheduleAsync("Search index is rebuilt", local.AddMinutes(-25), local.AddHours(2), [components[2]]);
        await service.PostUpdateAsync(
            Windows[MaintenanceStatus.InProgress], new MaintenanceUpdateInput("Half of the index is rebuilt. Search finds older orders again."), new Actor("sam@example.com"), stop);
        Windows[MaintenanceStatus.Scheduled] = await ScheduleAsync(
            "Weekly database maintenance", noon.AddDays(2), noon.AddDays(2).AddHours(1), [components[0], components[1]],
            FormattableString.Invariant($"0 12 * * {(int)noon.AddDays(2).DayOfWeek}"));
        await ScheduleAsync("Upgrade of the storefront to the new design", noon.AddDays(9), noon.AddDays(9).AddHours(3), [components[0]]);

        Task<int> ScheduleAsync(string title, DateTime starts, DateTime ends, int[] touched, string? rule = null) => service.ScheduleAsync(
            new MaintenanceInput(
                page, title, "Short interruptions are possible. What is in the basket stays there.",
                touched, starts, ends, AmbiguousTime.Earlier, AmbiguousTime.Earlier, rule, RemindBefore: rule is null ? null : TimeSpan.FromHours(3)), stop);
    }

    private async Task<int> VersionAsync(MaintenanceStatus which) => (await Get<MaintenanceQueries>().FindAsync(Windows[which], stop))!.Version;

    /// <summary>What retention removed from a log that is older than this one.</summary>
    private async Task PruneAsync()
    {
        await using var db = await OpenAsync();
        for (var i = 0; i < 45; i++)
        {
            // No weekend is busy, and on some days nothing was old enough.
            var delivered = i % 7 > 4 ? i % 3 : 140 + (i * 37 % 90);
            var failed = i % 6 == 0 ? 3 + (i % 11) : 0;
            if (i != 9)
                db.PrunedDays.Add(new PrunedDay { Day = Now.Date.AddDays(-i), Delivered = delivered, Failed = failed, Attempts = delivered + (3 * failed), Events = delivered / 4 });
        }
        await db.SaveChangesAsync(stop);
    }

    private async Task SaveTemplatesAsync()
    {
        foreach (var (name, title, severity, message) in (IEnumerable<(string, string, IncidentSeverity, string)>)
            [
                ("Database is slow", "Slow responses", IncidentSeverity.Minor, "Our database answers slowly. Pages take longer to load; no data is lost."),
                ("Payment provider down", "Payments fail", IncidentSeverity.Critical, "Our payment provider has an outage. Orders stay in the basket.\n\nWe tell you here as soon as payments go through again."),
            ])
        {
            await Get<IncidentTemplateService>().AddAsync(new IncidentTemplateInput(name, title, severity, IncidentStatus.Identified, message), stop);
        }
    }
}
