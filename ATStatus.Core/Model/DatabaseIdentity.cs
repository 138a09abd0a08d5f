namespace ATStatus.Core.Model;

/// <summary>
/// What the console keeps about its database as a whole. One row, made at the first start. It is shared by every instance that uses
/// the database, and a copy of the database takes it along.
/// </summary>
public sealed class DatabaseIdentity
{
    /// <summary>The number of the only row.</summary>
    public const int OnlyId = 1;

    public const int UsedByLength = 256;

    public const int UsedFromLength = 1024;

    /// <summary>Always <see cref="OnlyId"/>.</summary>
    public int Id { get; set; } = OnlyId;

    /// <summary>Tells this database from others: two consoles on one host must not share a cookie's name.</summary>
    public Guid DatabaseId { get; set; }

    /// <summary>The installation that used the database last, as pages name it; null before the first start that recorded it.</summary>
    public string? UsedBy { get; set; }

    /// <summary>Where the database was when it was used last, as it is compared at the next start; null before the first start that recorded it.</summary>
    public string? UsedFrom { get; set; }

    /// <summary>When retention looked last (UTC); null before its first look.</summary>
    public DateTime? RetentionLookedAt { get; set; }
}
