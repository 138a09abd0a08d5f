namespace ATStatus.Core.Problems;

/// <summary>
/// Something a person asked for and cannot have. The message is written for that person: it holds no secret, no
/// exception text and no internal name, and a page may show it as it is.
/// </summary>
public abstract class ProblemException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The account does not have the right to do this (any more).</summary>
public sealed class AccessDeniedException() : ProblemException("Your role does not allow this. Ask an administrator if you need it.");

/// <summary>The row does not exist (any more).</summary>
public sealed class NotFoundException(string what) : ProblemException($"This {what} no longer exists.");

/// <summary>
/// Somebody else changed the row since it was read. Nothing was written; the page asks to load the newer state.
/// </summary>
public sealed class EditConflictException(string what)
    : ProblemException($"Someone else changed this {what}. Reload to see their change. Your changes were not saved.")
{
    /// <summary>The row was written between this change's read and its save: made again, it would see what was written.</summary>
    public bool AtTheSameMoment { get; init; }
}

/// <summary>The state machine does not allow this step from where the row stands.</summary>
public sealed class IllegalTransitionException(string message) : ProblemException(message);

/// <summary>Input that cannot be accepted, by field. Nothing was written.</summary>
/// <param name="judged">See <see cref="Judged"/>; null where each error is about its own field alone.</param>
public sealed class InvalidInputException(
    IReadOnlyDictionary<string, string> errors, IReadOnlyDictionary<string, IReadOnlyList<string>>? judged = null)
    : ProblemException(string.Join(" ", errors.Values))
{
    private static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> None = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The other fields whose values an error is about, by its field: "the end must be after the start" is over when the start is moved.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Judged { get; } = judged ?? None;

    /// <summary>The message for each field at fault; the key is the input record's property name.</summary>
    public IReadOnlyDictionary<string, string> Errors { get; } = errors;
}
