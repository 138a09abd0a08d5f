namespace ATStatus.Admin.Features;

/// <summary>
/// A field's value beside the one that was loaded. When somebody else saved meanwhile and the form is loaded again, what was
/// typed stays, what was not touched follows, and <see cref="Overlooked"/> tells where the two differ.
/// </summary>
public sealed class EditedValue<T>(T initial, IEqualityComparer<T>? comparer = null)
{
    private readonly IEqualityComparer<T> _comparer = comparer ?? EqualityComparer<T>.Default;
    private bool _overlooked;

    /// <summary>What the field shows.</summary>
    public T Value { get; set; } = initial;

    /// <summary>Whether a person changed it.</summary>
    public bool IsChanged => !_comparer.Equals(Value, Seen);

    /// <summary>What was saved when the person began to change it, or last asked for what is saved.</summary>
    public T Seen { get; private set; } = initial;

    /// <summary>What is saved at present.</summary>
    public T Saved { get; private set; } = initial;

    /// <summary>Somebody else saved another value than the one that stays in the field.</summary>
    public bool Overlooked => _overlooked && IsChanged;

    /// <summary>Begins anew with what is saved.</summary>
    public void Load(T saved) => (Seen, Saved, Value, _overlooked) = (saved, saved, saved, false);

    /// <summary>Takes what is saved by now because the person asked to see it, and keeps what was typed: saving it is a decision then.</summary>
    public void LoadAgain(T saved)
    {
        Follow(saved);
        Seen = saved;
    }

    /// <summary>
    /// Takes what is saved by now, unasked. What was typed keeps what the person had seen beside it: a save that would write over the
    /// other one's value is still found out.
    /// </summary>
    public void Follow(T saved)
    {
        if (!IsChanged)
        {
            Load(saved);
            return;
        }
        var differs = !_comparer.Equals(saved, Seen) && !_comparer.Equals(saved, Value);
        _overlooked = differs || (_overlooked && _comparer.Equals(saved, Saved));
        Saved = saved;
    }
}
