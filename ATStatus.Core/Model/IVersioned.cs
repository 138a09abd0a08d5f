namespace ATStatus.Core.Model;

/// <summary>
/// A row with a version of its own. SQLite makes no row versions, so the context counts: each update of the row
/// raises it by one, and an update from an older version fails.
/// </summary>
public interface IVersioned
{
    /// <summary>How often the row was written; compared on each update.</summary>
    int Version { get; set; }
}
