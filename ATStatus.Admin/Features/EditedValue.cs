namespace ATStatus.Admin.Features;

/// <summary>
/// A field's value beside the one that was loaded. When somebody else saved meanwhile and the form is loaded again, what was
/// typed stays, what was not touched follows, and <see cref="Overlooked"/> tells where the two differ.
/// </summary>
public sealed class EditedValue<T>(T initial, IEqualityComparer<T>? comparer = null)
{
    private readonly IEqualityComparer<T> _comparer = comparer ?? EqualityComparer<T>.Default;
    private T _loaded = initial;

    /// <summary>What the field shows.</summary>
    public T Value { get; set; } = initial;

    /// <summary>Whether a person changed it.</summary>
    public bool IsChanged => !_comparer.Equals(Value, _loaded);

    /// <summary>What is saved at present.</summary>
    public T Saved => _loaded;

    /// <summary>Somebody else saved another value than the one that stays in the field.</summary>
    public bool Overlooked { get; private set; }

    /// <summary>Begins anew with what is saved.</summary>
    public void Load(T saved) => (_loaded, Value, Overlooked) = (saved, saved, false);

    /// <summary>Takes what is saved by now, and keeps what was typed.</summary>
    public void LoadAgain(T saved)
    {
        if (!IsChanged)
        {
            Load(saved);
            return;
        }
        Overlooked = IsConflictWith(saved);
        _loaded = saved;
    }

    private bool IsConflictWith(T saved) => !_comparer.Equals(saved, _loaded) && !_comparer.Equals(saved, Value);
}
