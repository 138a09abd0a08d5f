using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;

namespace ATStatus.Admin.Features;

/// <summary>The values of a form by the names that errors have for them: the properties of what it hands to its service.</summary>
internal sealed class FormValues
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Properties = new();
    private readonly Dictionary<string, object?> _values = new(StringComparer.Ordinal);

    /// <param name="inputs">Input records; anonymous objects for values that stand in none.</param>
    public FormValues(IEnumerable<object> inputs)
    {
        foreach (var input in inputs)
        {
            foreach (var property in Properties.GetOrAdd(input.GetType(), type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)))
                _values[property.Name] = property.GetValue(input);
        }
    }

    /// <summary>
    /// Whether a field's value is another in <paramref name="now"/>. What belongs to a field (<c>EndsAmbiguous</c> to <c>Ends</c>) counts
    /// as its value; a field that is in no input is edited with any of them.
    /// </summary>
    public bool IsEdited(FormValues now, string field)
    {
        var own = _values.Keys.Where(name => name.StartsWith(field, StringComparison.Ordinal)).ToList();
        return (own.Count > 0 ? own : [.. _values.Keys]).Exists(name => !Same(_values[name], now._values.GetValueOrDefault(name)));
    }

    private static bool Same(object? x, object? y) =>
        Equals(x, y) || (x is IEnumerable some and not string && y is IEnumerable others and not string && Items(some).SequenceEqual(Items(others)));

    private static IEnumerable<object?> Items(IEnumerable values) => values.Cast<object?>();
}
