using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Persistence;

/// <summary>The clock that leases are set and judged by: the server's own where several instances share the database, otherwise this process's.</summary>
internal static class DatabaseClock
{
    /// <summary>The time now (UTC).</summary>
    public static async Task<DateTime> NowAsync(AtStatusDbContext db, TimeProvider time, CancellationToken cancellationToken = default)
    {
        if (db.Database.IsSqlite())
            return time.GetUtcNow().UtcDateTime;
        var now = await db.Database.SqlQueryRaw<DateTime>("SELECT SYSUTCDATETIME() AS \"Value\"").SingleAsync(cancellationToken);
        return DateTime.SpecifyKind(now, DateTimeKind.Utc);
    }
}
