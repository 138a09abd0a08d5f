using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ATStatus.Core.Persistence;

/// <summary>A plain statement, of which each database has a text of its own.</summary>
internal class PlainStatement(Func<SqlDialect, IModel, string> make)
{
    private readonly ConcurrentDictionary<SqlDialect, string> _texts = new();

    /// <summary>The text for the context's database.</summary>
    public string TextOf(AtStatusDbContext db) =>
        _texts.GetOrAdd(db.Dialect, static (dialect, of) => of.Make(dialect, of.Db.Model), (Make: make, Db: db));
}

/// <summary>
/// A statement that writes many rows: over all of them at once where each call is a round trip, and prepared once and run for each where a call
/// costs none.
/// </summary>
/// <param name="entity">The model's type of the table.</param>
/// <param name="columns">The columns that are passed, in their order.</param>
/// <param name="text">What it does, see <see cref="TableColumns{T}"/>.</param>
internal sealed class RowStatement<T>(Type entity, TableColumn<T>[] columns, Func<SqlDialect, string> text)
    : PlainStatement((dialect, model) => dialect.WithRows(text(dialect), model.FindEntityType(entity)!, Array.ConvertAll(columns, c => c.Name)))
{
    private readonly Func<T, object?>? _number = Array.Find(columns, c => c.Name == "Id")?.Value;

    public int Width => columns.Length;

    /// <summary>The number of a row; null where it is found by something else.</summary>
    public long? NumberOf(T row) => (long?)_number?.Invoke(row);

    public void Fill(Span<object?> values, T row)
    {
        for (var i = 0; i < columns.Length; i++)
            values[i] = columns[i].Value(row);
    }

    /// <summary>Writes rows, in the context's transaction. Returns the numbers of those that were not found.</summary>
    public Task<IReadOnlyCollection<long>> WriteAsync(AtStatusDbContext db, IReadOnlyList<T> rows, PreparedStatements? prepared = null) =>
        rows.Count == 0 ? Task.FromResult<IReadOnlyCollection<long>>([]) : db.Dialect.WriteAsync(db, this, rows, prepared);

    /// <summary>Inserts rows in their order, in the context's transaction, and gives each the number that it got.</summary>
    public Task InsertAsync(AtStatusDbContext db, IReadOnlyList<T> rows, Action<T, long> number) =>
        rows.Count == 0 ? Task.CompletedTask : db.Dialect.InsertAsync(db, this, rows, number);
}
