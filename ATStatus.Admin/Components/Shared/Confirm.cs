namespace ATStatus.Admin.Components.Shared;

/// <summary>
/// Asks before something is done that cannot be undone: <c>if (await Confirm.AskAsync("Delete Main?", "…", "Delete", danger: true))</c>.
/// Shown by the layout's <see cref="ConfirmDialog"/>; Escape and Cancel mean no, and the focus goes back to where it was.
/// </summary>
public sealed class Confirm
{
    /// <summary>A question was asked; the layout's dialog listens.</summary>
    internal event Action<ConfirmQuestion>? Asked;

    /// <param name="title">The question: "Delete Main channel?".</param>
    /// <param name="text">What will happen, and what will not.</param>
    /// <param name="confirmLabel">The verb on the button: "Delete".</param>
    /// <param name="danger">Colours the button red and puts the first focus on Cancel.</param>
    /// <param name="dismissLabel">The word for no, where "Cancel" is what is asked about.</param>
    /// <returns>True when confirmed. Without a dialog to ask in, false.</returns>
    public Task<bool> AskAsync(string title, string text, string confirmLabel, bool danger = false, string dismissLabel = "Cancel")
    {
        if (Asked is null)
            return Task.FromResult(false);
        var question = new ConfirmQuestion(title, text, confirmLabel, danger, dismissLabel);
        Asked(question);
        return question.Answer.Task;
    }
}

/// <summary>One question and its answer to come.</summary>
internal sealed record ConfirmQuestion(string Title, string Text, string ConfirmLabel, bool Danger, string DismissLabel)
{
    public TaskCompletionSource<bool> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
