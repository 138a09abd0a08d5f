using ATStatus.Core.Model;

namespace ATStatus.Core.Persistence.Audit;

/// <summary>
/// What a transaction does to one thing, gathered over its saves: what it was before the first of them and is after the last.
/// </summary>
/// <param name="entity">What is kept of it.</param>
/// <param name="id">Its number.</param>
internal sealed class AuditDraft(AuditedEntity entity, string? id)
{
    private const string Url = "url", UrlHiddenPart = "url_hidden_part";

    private readonly AuditActor _actor = AuditActor.Current;
    private readonly Dictionary<string, object?> _before = [];
    private readonly Dictionary<string, object?> _after = [];
    private AuditAction? _action;
    private bool _isNew;
    private bool _isGone;

    public AuditedEntity Entity { get; } = entity;

    public string? Id { get; } = id;

    /// <summary>The row; null while only rows that belong to it were written.</summary>
    public object? Row { get; private set; }

    public void Inserted(object row, Dictionary<string, object?> after)
    {
        (Row, _isNew, _action) = (row, true, Entity.Added);
        Take([], after);
    }

    public void Updated(object row, Dictionary<string, object?> before, Dictionary<string, object?> after)
    {
        (Row, _action) = (row, _action ?? Entity.Modified);
        Take(before, after);
    }

    public void Removed(object row, Dictionary<string, object?> before)
    {
        (Row, _isGone, _action) = (row, true, Entity.Deleted);
        Take(before, []);
    }

    /// <summary>Something that belongs to it was another before, or is another after.</summary>
    public void Part(string name, object? before, object? after)
    {
        _before.TryAdd(name, before);
        _after[name] = after;
    }

    /// <summary>What is to be told of it; null where nothing is in the end.</summary>
    public AuditChange? ToChange()
    {
        if (_isNew && _isGone)
            return null;
        var isGone = _isGone || (Row is Notification { DeletedAt: not null } && !_isNew);
        var change = new AuditChange(isGone ? AuditAction.Deleted : _action ?? AuditAction.Changed, Entity.Kind, Id, Row is null ? null : Entity.NameOf(Row)) { Actor = _actor };
        if (isGone)
            return change with { Action = Entity.Deleted ?? change.Action, Before = Whole(_before) };
        if (_isNew)
            return change with { After = Whole(_after) };
        var changed = _after.Keys.Where(name => !AuditValues.Same(_before.GetValueOrDefault(name), _after[name])).ToList();
        // Who sees that the URL is another needs no hint that its hidden part may be.
        if (changed.Contains(Url))
            changed.Remove(UrlHiddenPart);
        return changed.Count == 0 ? null : change with
        {
            Before = changed.ToDictionary(name => name, name => Text(_before.GetValueOrDefault(name))),
            After = changed.ToDictionary(
                name => name, name => _after[name] is HiddenValue && _before.GetValueOrDefault(name) is not null ? AuditValues.HiddenAnew : Text(_after[name])),
        };
    }

    private void Take(Dictionary<string, object?> before, Dictionary<string, object?> after)
    {
        foreach (var (name, value) in before)
            _before.TryAdd(name, value);
        foreach (var (name, value) in after)
            _after[name] = value;
    }

    private static Dictionary<string, object?> Whole(Dictionary<string, object?> values) =>
        values.Where(v => v.Key != UrlHiddenPart && v.Value is not (null or IReadOnlyDictionary<string, string> { Count: 0 } or IReadOnlyCollection<object> { Count: 0 }))
            .ToDictionary(v => v.Key, v => Text(v.Value));

    private static object? Text(object? value) => value is HiddenValue hidden ? hidden.ToString() : value;
}
