using System.Security.Cryptography;
using System.Text;
using ATStatus.Core.Model;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Persistence;

/// <summary>Who uses the database from where, as it is compared with the last use to tell a copy from the original.</summary>
/// <param name="Installation">The configuration key <c>Hosting:Installation</c>.</param>
/// <param name="From">The file's full path (SQLite); server and database as the connection string names them (SQL Server).</param>
/// <param name="IsShared">Whether any number of installations may use it, so that another name says nothing (SQL Server).</param>
public sealed record DatabasePlace(string Installation, string From, bool IsShared)
{
    /// <summary>Where this database is.</summary>
    public static DatabasePlace Of(DatabaseOptions options, string installation) =>
        new(installation, Fitting(options.Dialect.PlaceOf(options.ConnectionString)), options.Dialect.IsShared);

    /// <summary>Whether the last use was here.</summary>
    internal bool IsThatOf(DatabaseIdentity last) =>
        string.Equals(last.UsedFrom, From, IsShared || OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal)
        && (IsShared || last.UsedBy == Installation);

    /// <summary>The last user as a banner names it: by its installation, and where that is the same, also by the place.</summary>
    internal string NameOf(DatabaseIdentity last) =>
        last.UsedBy is { } by && by != Installation ? by : $"{last.UsedBy} ({last.UsedFrom})";

    private static string Fitting(string place) => place.Length <= DatabaseIdentity.UsedFromLength
        ? place
        : Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(place)));
}

/// <summary>Knows whether the database was last used elsewhere and nobody has confirmed since that this is now its place.</summary>
public sealed class DatabaseUse(DatabasePlace place, DatabaseIdentityStore identities)
{
    private string? _lastUsedBy;

    /// <summary>Who used the database last, where that was elsewhere and is not confirmed yet; null otherwise.</summary>
    public string? LastUsedBy => Volatile.Read(ref _lastUsedBy);

    /// <summary>Asks the row. A database that no start was recorded in was not used elsewhere.</summary>
    public async Task<string?> FindLastUserAsync(CancellationToken cancellationToken = default)
    {
        var last = await identities.GetAsync(cancellationToken);
        return last.UsedFrom is null || place.IsThatOf(last) ? null : place.NameOf(last);
    }

    /// <summary>From now on pages ask whether this is the database's new place.</summary>
    internal void Ask(string lastUsedBy) => Volatile.Write(ref _lastUsedBy, lastUsedBy);

    /// <summary>It is settled, here or by another instance.</summary>
    internal void Forget() => Volatile.Write(ref _lastUsedBy, null);

    /// <summary>Writes down that the database is used here. Writes nothing where it says so already.</summary>
    internal async Task RecordAsync(AtStatusDbContext db, CancellationToken cancellationToken)
    {
        // Within the caller's transaction, if there is one: SQLite lets nobody else write meanwhile.
        var last = await db.DatabaseIdentities.SingleOrDefaultAsync(cancellationToken);
        if (last is null)
            db.DatabaseIdentities.Add(last = new DatabaseIdentity { DatabaseId = Guid.NewGuid() });
        (last.UsedFrom, last.UsedBy) = (place.From, place.Installation);
        await db.SaveChangesAsync(cancellationToken);
    }
}
