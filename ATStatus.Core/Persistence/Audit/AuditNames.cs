using System.Globalization;
using ATStatus.Core.Model;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Persistence.Audit;

/// <summary>The names of what entries tell about: those that the transaction's context knows, and the rest asked for in one question for each kind.</summary>
internal sealed class AuditNames
{
    private readonly Dictionary<(AuditObject Kind, string Id), string> _names = [];
    private readonly Dictionary<Guid, string> _roles = [];

    public string? Of(AuditObject kind, string? id) => id is null ? null : _names.GetValueOrDefault((kind, id));

    /// <summary>Values as an entry keeps them.</summary>
    public string? Write(IReadOnlyDictionary<string, object?>? values) => AuditValues.Write(
        values?.ToDictionary(v => v.Key, v => v.Value is IEnumerable<object> many && many.OfType<AuditRole>().Any() ? RolesOf(many) : v.Value),
        reference => Of(reference.Kind, reference.Id));

    public static async Task<AuditNames> ReadAsync(AtStatusDbContext db, IReadOnlyList<AuditChange> changes, CancellationToken cancellationToken)
    {
        var names = new AuditNames();
        foreach (var change in changes.Where(c => c is { Id: not null, Name: not null }))
            names._names[(change.Kind, change.Id!)] = change.Name!;
        var missing = changes.SelectMany(c => AuditValues.ReferencesIn(c.Before).Concat(AuditValues.ReferencesIn(c.After))).Select(r => (r.Kind, r.Id))
            .Concat(changes.Where(c => c is { Id: not null, Name: null }).Select(c => (c.Kind, Id: c.Id!)))
            .Where(one => !names._names.ContainsKey(one)).ToHashSet();
        if (missing.Count > 0)
        {
            names.TakeTracked(db, missing);
            foreach (var kind in missing.GroupBy(one => one.Kind, one => one.Id))
                await names.AskAsync(db, kind.Key, [.. kind], cancellationToken);
        }
        Guid[] roles = [.. changes.SelectMany(c => (c.Before?.Values ?? []).Concat(c.After?.Values ?? [])).OfType<IEnumerable<object>>()
            .SelectMany(many => many.OfType<AuditRole>()).Select(role => role.Id).Distinct()];
        if (roles.Length > 0)
        {
            await foreach (var role in db.Roles.AsNoTracking().Where(r => roles.Contains(r.Id)).AsAsyncEnumerable().WithCancellation(cancellationToken))
                names._roles[role.Id] = role.Name ?? "";
        }
        return names;
    }

    private string RolesOf(IEnumerable<object> roles) => string.Join(", ", roles.OfType<AuditRole>().Select(role => _roles.GetValueOrDefault(role.Id, "?")).Order(StringComparer.Ordinal));

    private void TakeTracked(AtStatusDbContext db, HashSet<(AuditObject Kind, string Id)> missing)
    {
        foreach (var entry in db.ChangeTracker.Entries())
        {
            // Rows that only tell of something have the numbers of others.
            if (AuditedEntities.Find(entry.Metadata.ClrType) is { Modified: not null } entity && entity.IdOf(entry) is { } id && missing.Remove((entity.Kind, id)))
                _names[(entity.Kind, id)] = entity.NameOf(entry.Entity) ?? "";
        }
    }

    private async Task AskAsync(AtStatusDbContext db, AuditObject kind, string[] ids, CancellationToken cancellationToken)
    {
        var numbers = ids.Select(id => int.TryParse(id, CultureInfo.InvariantCulture, out var number) ? number : (int?)null).OfType<int>().ToArray();
        var named = kind switch
        {
            AuditObject.StatusPage => db.StatusPages.Where(p => EF.Parameter(numbers).Contains(p.Id)).Select(p => new { p.Id, p.Name }),
            AuditObject.Component => db.Components.Where(c => EF.Parameter(numbers).Contains(c.Id)).Select(c => new { c.Id, c.Name }),
            AuditObject.ComponentGroup => db.ComponentGroups.Where(g => EF.Parameter(numbers).Contains(g.Id)).Select(g => new { g.Id, g.Name }),
            AuditObject.Incident => db.Incidents.Where(i => EF.Parameter(numbers).Contains(i.Id)).Select(i => new { i.Id, Name = i.Title }),
            AuditObject.Maintenance => db.MaintenanceWindows.Where(w => EF.Parameter(numbers).Contains(w.Id)).Select(w => new { w.Id, Name = w.Title }),
            AuditObject.MaintenanceSeries => db.MaintenanceSeries.Where(s => EF.Parameter(numbers).Contains(s.Id)).Select(s => new { s.Id, Name = s.Title }),
            AuditObject.Notification => db.Notifications.IgnoreQueryFilters().Where(n => EF.Parameter(numbers).Contains(n.Id)).Select(n => new { n.Id, n.Name }),
            _ => null,
        };
        if (named is not null)
        {
            await foreach (var one in named.AsAsyncEnumerable().WithCancellation(cancellationToken))
                _names[(kind, one.Id.ToString(CultureInfo.InvariantCulture))] = one.Name;
        }
        else if (kind == AuditObject.User)
        {
            var users = ids.Select(id => Guid.TryParse(id, out var number) ? number : (Guid?)null).OfType<Guid>().ToArray();
            await foreach (var user in db.Users.Where(u => EF.Parameter(users).Contains(u.Id)).Select(u => new { u.Id, u.Email }).AsAsyncEnumerable().WithCancellation(cancellationToken))
                _names[(kind, user.Id.ToString())] = user.Email ?? "";
        }
    }
}
