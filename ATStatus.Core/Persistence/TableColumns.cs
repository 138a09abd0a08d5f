using System.Data.Common;

namespace ATStatus.Core.Persistence;

/// <summary>A column as plain statements write it, and as they read it where they do.</summary>
/// <param name="Name">The column, and the model's property.</param>
/// <param name="Value">What is written.</param>
/// <param name="Read">Takes the value of a row that was read.</param>
internal sealed record TableColumn<T>(string Name, Func<T, object?> Value, Action<T, DbDataReader, int>? Read = null);

/// <summary>
/// A table's columns, each listed once: what plain statements select, insert and update is chosen from here by name. In what is said of a
/// statement's rows, <c>t</c> is the table's row and <c>r</c> the one that is passed; texts are N'…', as SQL Server wants them.
/// </summary>
/// <param name="entity">The model's type.</param>
/// <param name="table">The table.</param>
/// <param name="all">The columns.</param>
internal sealed class TableColumns<T>(Type entity, string table, params TableColumn<T>[] all)
{
    /// <summary>Every column for a SELECT, in the order that <see cref="Read"/> takes them.</summary>
    public string Of(string alias) => string.Join(", ", all.Select(c => $"{alias}.\"{c.Name}\""));

    /// <summary>Fills a row in from the columns of <see cref="Of(string)"/>, which begin at <paramref name="first"/>.</summary>
    public T Read(T row, DbDataReader reader, int first = 0)
    {
        for (var i = 0; i < all.Length; i++)
            all[i].Read!(row, reader, first + i);
        return row;
    }

    /// <summary>The columns for writing what is wrapped in something else, which says of some of them what is written.</summary>
    public TableColumns<TOwner> Within<TOwner>(Func<TOwner, T> row, params TableColumn<TOwner>[] own) => new(
        entity, table, [.. all.Select(c => Array.Find(own, o => o.Name == c.Name) ?? new TableColumn<TOwner>(c.Name, owner => c.Value(row(owner))))]);

    /// <summary>Inserts rows with these columns; with all of them where none is named.</summary>
    public RowStatement<T> Insert(params string[] names)
    {
        var passed = names.Length > 0 ? names : Array.ConvertAll(all, c => c.Name);
        return new(entity, Only(passed), dialect => dialect.Insert(table, passed));
    }

    /// <summary>
    /// Sets columns of the rows that are found by their keys, of which the number is one where the writer is told what was not found. It names
    /// what it may change and no more: each index that is named is written anew (decision 3).
    /// </summary>
    public RowStatement<T> Update(string[] set, string[] keys, string also = "", string where = "") => new(
        entity, Only([.. set, .. keys]),
        dialect => dialect.Update(table, string.Join(", ", [.. set.Select(name => $"\"{name}\" = r.\"{name}\""), .. also.Length > 0 ? [also] : Array.Empty<string>()]), keys, where));

    /// <summary>Deletes the rows that are found by their keys.</summary>
    public RowStatement<T> Delete(params string[] keys) => new(entity, Only(keys), dialect => dialect.Delete(table, keys));

    /// <summary>Adds to a column, never sets it; a row that is not there yet is inserted.</summary>
    public RowStatement<T> Add(string count, string[] keys, string where) => new(entity, Only([.. keys, count]), dialect => dialect.Add(table, count, keys, where));

    private TableColumn<T>[] Only(string[] names) => Array.ConvertAll(names, name => Array.Find(all, c => c.Name == name) ?? throw new ArgumentException(name));
}
