namespace ATStatus.Core.Persistence;

public enum DatabaseProvider
{
    /// <summary>A file, for one instance.</summary>
    Sqlite,

    /// <summary>SQL Server, for any number of instances.</summary>
    SqlServer,
}

/// <summary>The configuration keys <c>Database:Provider</c> and <c>ConnectionStrings:ATStatus</c>, checked by the host.</summary>
/// <param name="ConnectionString">Its connection string. Never logged or shown.</param>
public sealed record DatabaseOptions(DatabaseProvider Provider, string ConnectionString)
{
    /// <summary>What is particular to that database.</summary>
    internal SqlDialect Dialect => SqlDialect.Of(Provider);
}

/// <summary>Who else may run on the same database.</summary>
/// <param name="SingleInstance">True where no other instance can be running (SQLite).</param>
public sealed record InstanceOptions(bool SingleInstance);
