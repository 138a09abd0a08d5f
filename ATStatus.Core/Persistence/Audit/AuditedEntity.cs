using System.Globalization;
using ATStatus.Core.Model;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ATStatus.Core.Persistence.Audit;

/// <summary>
/// A type of row whose saves the audit trail tells of. Only what is named here is kept of it: a column that is added later is not, before
/// somebody has said that it is no secret (or what it is).
/// </summary>
internal sealed class AuditedEntity(Type type, AuditObject kind, Func<object, string?> nameOf)
{
    /// <summary>How one of its values is kept.</summary>
    private enum Keeping
    {
        Plain,
        Hidden,
        Reference,
    }

    private readonly Dictionary<string, (Keeping Keeping, string Name, AuditObject? Of)> _values = [];

    public Type Type { get; } = type;

    public AuditObject Kind { get; } = kind;

    /// <summary>The property with the thing's number; null for what there is once.</summary>
    public string? IdProperty { get; private set; } = "Id";

    /// <summary>What inserting, changing and deleting such a row is called; null where it is not told of.</summary>
    public AuditAction? Added { get; private set; } = AuditAction.Created;

    public AuditAction? Modified { get; private set; } = AuditAction.Changed;

    public AuditAction? Deleted { get; private set; } = AuditAction.Deleted;

    /// <summary>Which of the rows are told of.</summary>
    public Func<object, bool> Where { get; private set; } = _ => true;

    /// <summary>The properties about which something was said, by their paths; a test demands that it is so of all.</summary>
    public IEnumerable<string> Known => _values.Keys.Concat(LeftOut);

    public HashSet<string> LeftOut { get; } = [];

    public string? NameOf(object row) => nameOf(row);

    public static AuditedEntity Of<T>(AuditObject kind, Func<T, string?> nameOf)
        where T : class => new(typeof(T), kind, row => nameOf((T)row));

    /// <summary>Keeps values as they are. A path may be followed by <c>=name</c>; otherwise the last of its names is taken.</summary>
    public AuditedEntity Plain(params string[] paths) => Keep(Keeping.Plain, null, paths);

    /// <summary>Keeps whether there is a value, and that it was changed.</summary>
    public AuditedEntity Hidden(params string[] paths) => Keep(Keeping.Hidden, null, paths);

    /// <summary>Keeps numbers of other things, with their names.</summary>
    public AuditedEntity Reference(AuditObject to, params string[] paths) => Keep(Keeping.Reference, to, paths);

    /// <summary>Keeps nothing of these.</summary>
    public AuditedEntity Without(params string[] paths)
    {
        LeftOut.UnionWith(paths);
        return this;
    }

    /// <summary>Its rows are what was done to something, and not things themselves.</summary>
    public AuditedEntity Tells(AuditAction? added, AuditAction? deleted = null, string? idProperty = null)
    {
        (Added, Modified, Deleted, IdProperty) = (added, null, deleted, idProperty);
        return this;
    }

    public AuditedEntity Only<T>(Func<T, bool> where)
        where T : class
    {
        Where = row => where((T)row);
        return this;
    }

    /// <summary>The number of a row's thing.</summary>
    public string? IdOf(EntityEntry row) => IdProperty is null ? null : Convert.ToString(row.Property(IdProperty).CurrentValue, CultureInfo.InvariantCulture);

    /// <summary>The row's values as entries keep them, in the order in which they are named here.</summary>
    public Dictionary<string, object?> Read(EntityEntry row, bool original)
    {
        var properties = row.Metadata.GetFlattenedProperties().ToDictionary(PathOf);
        var values = original ? row.OriginalValues : row.CurrentValues;
        var read = new Dictionary<string, object?>(_values.Count);
        foreach (var (path, (keeping, name, of)) in _values)
        {
            var value = values[properties[path]];
            read[name] = keeping switch
            {
                _ when value is null => null,
                Keeping.Hidden => new HiddenValue(value),
                Keeping.Reference => new AuditReference(of!.Value, Convert.ToString(value, CultureInfo.InvariantCulture)!),
                _ => value is Enum ? value.ToString() : value,
            };
        }
        return read;
    }

    /// <summary>The path of a property, through the value objects it belongs to.</summary>
    public static string PathOf(IReadOnlyProperty property) =>
        property.DeclaringType is IReadOnlyComplexType complex ? $"{PathOf(complex.ComplexProperty)}.{property.Name}" : property.Name;

    private static string PathOf(IReadOnlyComplexProperty property) =>
        property.DeclaringType is IReadOnlyComplexType outer ? $"{PathOf(outer.ComplexProperty)}.{property.Name}" : property.Name;

    private AuditedEntity Keep(Keeping keeping, AuditObject? of, string[] paths)
    {
        foreach (var path in paths)
        {
            var named = path.Split('=');
            _values.Add(named[0], (keeping, named.Length > 1 ? named[1] : AuditValues.NameOf(named[0].Split('.')[^1]), of));
        }
        return this;
    }
}

/// <summary>A secret while two states are compared. What is written of it is only that it is there, or another.</summary>
internal sealed record HiddenValue(object Value)
{
    public override string ToString() => AuditValues.Hidden;
}

/// <summary>A type of row that belongs to a thing of another type: what is kept of it stands among that one's values.</summary>
/// <param name="Type">The row.</param>
/// <param name="Owner">The type of the thing.</param>
/// <param name="OwnerId">The property with the thing's number.</param>
/// <param name="Name">What all of the thing's rows are called, as a list.</param>
/// <param name="ValueOf">What is kept of a row, as it is now or was (a copy of it then), and whether it is just being changed.</param>
internal sealed record AuditedPart(Type Type, Type Owner, string OwnerId, string Name, Func<object, bool, object?> ValueOf)
{
    /// <summary>Only rows that are inserted or changed count, each with a value of its own: what was posted.</summary>
    public bool IsPosted { get; private init; }

    public static AuditedPart Of<T, TOwner>(string ownerId, string name, Func<T, object?> valueOf)
        where T : class => new(typeof(T), typeof(TOwner), ownerId, name, (row, _) => valueOf((T)row));

    public static AuditedPart Of<T, TOwner>(string ownerId, string name, Func<T, bool, object?> valueOf)
        where T : class => new(typeof(T), typeof(TOwner), ownerId, name, (row, isChanged) => valueOf((T)row, isChanged));

    public static AuditedPart Posted<T, TOwner>(string ownerId, string name, Func<T, object?> valueOf)
        where T : class => Of<T, TOwner>(ownerId, name, valueOf) with { IsPosted = true };
}
