using System.Data.Common;
using System.Reflection;

namespace ATStatus.Core.Persistence;

/// <summary>A column as plain statements write it, and as they read it where they do.</summary>
/// <param name="Name">The column, and the model's property.</param>
/// <param name="Value">What is written.</param>
/// <param name="Read">Takes the value of a row that was read.</param>
internal sealed record TableColumn<T>(string Name, Func<T, object?> Value, Action<T, DbDataReader, int>? Read = null);

/// <summary>The values of a row as the model maps them: instants are UTC, enums stored by name.</summary>
internal static class RowValues
{
    private static readonly Dictionary<Type, Func<DbDataReader, int, object>> Readers = new()
    {
        [typeof(long)] = (row, i) => row.GetInt64(i),
        [typeof(int)] = (row, i) => row.GetInt32(i),
        [typeof(bool)] = (row, i) => row.GetBoolean(i),
        [typeof(Guid)] = (row, i) => row.GetGuid(i),
        [typeof(string)] = (row, i) => row.GetString(i),
        [typeof(byte[])] = (row, i) => row.GetFieldValue<byte[]>(i),
        [typeof(DateTime)] = (row, i) => DateTime.SpecifyKind(row.GetDateTime(i), DateTimeKind.Utc),
    };

    /// <summary>The columns of a type: its properties of such values that are kept.</summary>
    public static IEnumerable<TableColumn<T>> ColumnsOf<T>()
    {
        var make = typeof(RowValues).GetMethod(nameof(ColumnOf), BindingFlags.Static | BindingFlags.NonPublic)!;
        return typeof(T).GetProperties()
            .Where(p => p.SetMethod is not null && Nullable.GetUnderlyingType(p.PropertyType) is var inner && (inner ?? p.PropertyType) is var type && (type.IsEnum || Readers.ContainsKey(type)))
            .Select(p => (TableColumn<T>)make.MakeGenericMethod(typeof(T), p.PropertyType).Invoke(null, [p])!);
    }

    private static TableColumn<T> ColumnOf<T, TValue>(PropertyInfo property)
    {
        var get = property.GetMethod!.CreateDelegate<Func<T, TValue>>();
        var set = property.SetMethod!.CreateDelegate<Action<T, TValue>>();
        var type = Nullable.GetUnderlyingType(typeof(TValue)) ?? typeof(TValue);
        var values = type.IsEnum ? Enum.GetValues(type).Cast<object>().ToDictionary(value => value.ToString()!) : [];
        var read = type.IsEnum ? (row, i) => values[row.GetString(i)] : Readers[type];
        return new(
            property.Name, type.IsEnum ? row => get(row)?.ToString() : row => get(row),
            (row, reader, i) => set(row, default(TValue) is null && reader.IsDBNull(i) ? default! : (TValue)read(reader, i)));
    }
}
