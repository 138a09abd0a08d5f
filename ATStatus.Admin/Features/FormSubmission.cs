using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;

namespace ATStatus.Admin.Features;

/// <summary>
/// One form's saving: under way or not, and what the service said against it. Nothing here touches what was typed.
/// A message goes with the value that it is about: see <see cref="Judging"/>.
/// <see cref="SaveProblems"/> shows it on top of the form.
/// </summary>
public sealed partial class FormSubmission(ILogger logger, TimeProvider time)
{
    // A fast save is over before the second click of a double click comes.
    private static readonly TimeSpan DoubleClick = TimeSpan.FromMilliseconds(250);
    private Func<object>[] _inputs = [];
    private FormValues? _judged;
    private FormErrors? _errors;
    private long? _savedAt;

    /// <summary>Messages went because what they are about was edited.</summary>
    public event Action? Shortened;

    /// <summary>A save is under way; another is ignored.</summary>
    public bool Busy { get; private set; }

    /// <summary>Field to message; a new dictionary for each save, which shortens while its values are mended.</summary>
    public IReadOnlyDictionary<string, string>? Errors
    {
        get
        {
            Review();
            return _errors?.Messages;
        }
    }

    /// <summary>What stands against the whole form.</summary>
    public string? Problem { get; private set; }

    /// <summary>Somebody else, or the clock, was quicker: loading again helps.</summary>
    public bool IsConflict { get; private set; }

    public string? ErrorOf(string field) => Errors?.GetValueOrDefault(field);

    /// <summary>
    /// Names the values that a save hands to the service: the input record as it stands in the form now, and anonymous objects for what
    /// is in none. Messages are dropped when a value that they judged is not the one that was judged.
    /// </summary>
    public FormSubmission Judging(params Func<object>[] inputs)
    {
        _inputs = inputs;
        return this;
    }

    /// <summary>Saves, and returns whether that worked.</summary>
    /// <param name="save">What the service does.</param>
    /// <param name="leaves">
    /// The page is left after a success: until the browser has followed, the form stays busy, so that nothing is made twice.
    /// </param>
    public Task<bool> RunAsync(Func<Task> save, bool leaves = false) => RunAsync(save, leaves, saves: true);

    /// <summary>Asks what a save would do, with the same errors in the same places; a save may follow at once.</summary>
    public Task<bool> PreviewAsync(Func<Task> ask) => RunAsync(ask, leaves: false, saves: false);

    private async Task<bool> RunAsync(Func<Task> save, bool leaves, bool saves)
    {
        if (Busy || (_savedAt is { } savedAt && time.GetElapsedTime(savedAt) < DoubleClick))
            return false;
        Clear();
        _judged = Values();
        Busy = true;
        var saved = false;
        try
        {
            await save();
            if (saves)
                _savedAt = time.GetTimestamp();
            return saved = true;
        }
        catch (InvalidInputException e)
        {
            _errors = new FormErrors(e);
        }
        catch (ProblemException e)
        {
            Problem = e.Message;
            IsConflict = e is EditConflictException or IllegalTransitionException;
        }
        catch (Exception e) when (DatabaseFaults.Of(e) is { } fault)
        {
            Problem = new DatabaseNotWritableException(fault).Message;
        }
        catch (Exception e)
        {
            // The layout's boundary would take the page away, and what was typed with it.
            LogSaveFailed(logger, e);
            Problem = "Saving failed because of a server error. It has been logged. What you typed is still here; try again.";
        }
        finally
        {
            Busy = saved && leaves;
        }
        return false;
    }

    /// <summary>Something new was typed since the last save, so the next click is no second half of a double click.</summary>
    public void TypedAgain() => _savedAt = null;

    /// <summary>Forgets what the last save met.</summary>
    public void Clear() => (_errors, Problem, IsConflict) = (null, null, false);

    private FormValues Values() => new(_inputs.Select(input => input()));

    private void Review()
    {
        if (_errors is not { Messages.Count: > 0 } errors || _judged is not { } judged)
            return;
        var now = Values();
        if (errors.Forget(field => judged.IsEdited(now, field)))
            Shortened?.Invoke();
    }

    [LoggerMessage(LogLevel.Error, "A form could not be saved.")]
    private static partial void LogSaveFailed(ILogger logger, Exception e);
}
