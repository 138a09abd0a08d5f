using System.Data.Common;

namespace ATStatus.Core.Persistence;

/// <summary>
/// A table's columns, which are the properties of the model's type: what plain statements select, insert and update is chosen from here by name. In
/// what is said of a statement's rows, <c>t</c> is the table's row and <c>r</c> the one that is passed; texts are N'…', as SQL Server wants them.
/// </summary>
internal sealed class TableColumns<T>
{
    private readonly Type _entity;
    private readonly string _table;
    private readonly TableColumn<T>[] _all;

    private TableColumns(Type entity, string table, TableColumn<T>[] all) => (_entity, _table, _all) = (entity, table, all);

    /// <summary>The columns of a table.</summary>
    /// <param name="others">Those of values that only this type has.</param>
    public TableColumns(string table, params TableColumn<T>[] others)
        : this(typeof(T), table, [.. RowValues.ColumnsOf<T>(), .. others])
    {
    }

    /// <summary>Every column for a SELECT, in the order that <see cref="Read"/> takes them.</summary>
    public string Of(string alias) => string.Join(", ", _all.Select(c => $"{alias}.\"{c.Name}\""));

    /// <summary>Fills a row in from the columns of <see cref="Of(string)"/>, which begin at <paramref name="first"/>.</summary>
    public T Read(T row, DbDataReader reader, int first = 0)
    {
        for (var i = 0; i < _all.Length; i++)
            _all[i].Read!(row, reader, first + i);
        return row;
    }

    /// <summary>The columns for writing what is wrapped in something else, which says itself what is written of some of them.</summary>
    public TableColumns<TOwner> Within<TOwner>(Func<TOwner, T> row, params TableColumn<TOwner>[] own) => new(
        _entity, _table, Array.ConvertAll(_all, c => Array.Find(own, o => o.Name == c.Name) ?? new TableColumn<TOwner>(c.Name, owner => c.Value(row(owner)))));

    /// <summary>Inserts rows, which get their numbers from the database.</summary>
    /// <param name="without">Columns that are null in each of them.</param>
    public RowStatement<T> Insert(params string[] without)
    {
        var names = _all.Select(c => c.Name).Where(name => name != "Id" && !without.Contains(name)).ToArray();
        return new(_entity, Only(names), dialect => dialect.Insert(_table, names, Array.Exists(_all, c => c.Name == "Id")));
    }

    /// <summary>
    /// Sets columns of the rows that are found by their keys, of which the number is one where the writer is told what was not found. It names
    /// what it may change and no more: each index that is named is written anew (decision 3).
    /// </summary>
    public RowStatement<T> Update(string[] set, string[] keys, string also = "", string where = "") => new(
        _entity, Only([.. set, .. keys]), dialect => dialect.Update(_table, string.Join(", ", set.Select(name => $"\"{name}\" = r.\"{name}\"")) + also, keys, where));

    /// <summary>Adds to a column, never sets it; a row that is not there yet is inserted.</summary>
    public RowStatement<T> Add(string count, string[] keys, string where) =>
        new(_entity, Only([.. keys, count]), dialect => dialect.Add(_table, count, keys, where));

    private TableColumn<T>[] Only(string[] names) => Array.ConvertAll(names, name => Array.Find(_all, c => c.Name == name) ?? throw new ArgumentException(name));
}
