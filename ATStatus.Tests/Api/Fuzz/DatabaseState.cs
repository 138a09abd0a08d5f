using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ATStatus.Tests.Api.Fuzz;

/// <summary>
/// What a SQLite database holds of what requests may change, cheap enough to be asked around each: of every table all rows, of the log's
/// and the audit trail's how many there are. What the engine changes meanwhile (attempts, health, sealing, the use of a key) is left out. A
/// table that is not named here is included.
/// </summary>
internal sealed class DatabaseState : IDisposable
{
    /// <summary>Changed by what goes on in the background, or by any request: sessions, keys' last use, answers that are kept.</summary>
    private static readonly Type[] Ignored =
    [
        typeof(DeliveryAttempt), typeof(DeliveryBody), typeof(NotificationHealth), typeof(HourlyAttemptCount), typeof(Checkpoint), typeof(AuditCheckpoint),
        typeof(PrunedDay), typeof(FailedSignIn), typeof(Session), typeof(IdempotentRequest), typeof(ApiKey), typeof(DatabaseIdentity),
        typeof(DataProtectionKey),
    ];

    /// <summary>Alerts are raised by the engine.</summary>
    private const string NotAlert =
        $"Type NOT IN ('{nameof(EventType.NotificationFailing)}', '{nameof(EventType.NotificationSwitchedOff)}')";

    /// <summary>Rows that only come: how many of them, and the latest.</summary>
    private static readonly Dictionary<Type, string> Growing = new()
    {
        [typeof(StoredEvent)] = NotAlert,
        [typeof(Delivery)] = $"EventId IN (SELECT Id FROM Events WHERE {NotAlert})",
        [typeof(AuditEntry)] = $"ActorKind = '{nameof(AuditActorKind.ApiKey)}'",
        [typeof(RecoveryRun)] = "1",
    };

    private readonly SqliteConnection _connection;
    private readonly List<(string Table, string Sql)> _tables = [];
    private (long Version, Dictionary<string, string> Tables)? _known;

    public DatabaseState(AtStatusDbContext db, string file)
    {
        var builder = new SqliteConnectionStringBuilder { DataSource = file, Pooling = false, Mode = SqliteOpenMode.ReadWrite };
        _connection = new SqliteConnection(builder.ConnectionString);
        _connection.Open();
        // The order of rows says nothing.
        _connection.CreateAggregate<long>("content", 0L, (sum, values) => unchecked(sum + HashOf(values)));
        var entities = db.Model.GetEntityTypes().Where(e => e.GetTableName() is not null && !Ignored.Contains(e.ClrType));
        foreach (var entity in entities.DistinctBy(e => e.GetTableName()))
            _tables.Add((entity.GetTableName()!, SqlOf(entity)));
    }

    /// <summary>The state by table.</summary>
    public IReadOnlyDictionary<string, string> Read()
    {
        // Nobody has committed anything: it is as it was.
        var version = (long)Scalar("PRAGMA data_version")!;
        if (_known is { } known && known.Version == version)
            return known.Tables;
        var tables = _tables.ToDictionary(t => t.Table, t => (string)Scalar(t.Sql)!);
        _known = (version, tables);
        return tables;
    }

    /// <summary>The tables that differ.</summary>
    public static IReadOnlyList<string> Difference(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
        [.. before.Keys.Where(table => before[table] != after[table]).Order(StringComparer.Ordinal)];

    public void Dispose() => _connection.Dispose();

    private object? Scalar(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private string SqlOf(IEntityType entity)
    {
        var table = entity.GetTableName();
        if (Growing.TryGetValue(entity.ClrType, out var counted))
            return $"SELECT count(*) || ' to ' || coalesce(max(Id), 0) FROM \"{table}\" WHERE {counted}";
        // A deleted notification's row goes later.
        var where = entity.FindProperty(nameof(Notification.DeletedAt)) is null ? "" : $" WHERE {nameof(Notification.DeletedAt)} IS NULL";
        var columns = (string)Scalar($"SELECT group_concat('\"' || name || '\"', ', ') FROM pragma_table_info('{table}')")!;
        return $"SELECT count(*) || ' of ' || coalesce(content({columns}), 0) FROM \"{table}\"{where}";
    }

    private static long HashOf(object?[] values)
    {
        var hash = new HashCode();
        foreach (var value in values)
        {
            if (value is byte[] bytes)
                hash.AddBytes(bytes);
            else
                hash.Add(value);
        }
        return hash.ToHashCode();
    }
}
