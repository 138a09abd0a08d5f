namespace ATStatus.Admin.Components.Shared;

/// <summary>
/// Asks before something is done that cannot be undone: <c>if (await Confirm.AskAsync("Delete Main?", "…", "Delete", danger: true))</c>.
/// Shown by the layout's <see cref="ConfirmDialog"/>; Escape and Cancel mean no, and the focus goes back to where it was.
/// </summary>
public sealed class ConfirmService
{
    /// <summary>A question was asked; the layout's dialog listens.</summary>
    internal event Action<ConfirmQuestion>? Asked;

    /// <param name="title">The question: "Delete Main channel?".</param>
    /// <param name="text">What will happen, and what will not.</param>
    /// <param name="confirmLabel">The verb on the button: "Delete".</param>
    /// <param name="danger">Colours the button red and puts the first focus on Cancel.</param>
    /// <param name="dismissLabel">The word for no, where "Cancel" is what is asked about.</param>
    /// <param name="option">What is chosen along with the answer; read it when the answer is yes.</param>
    /// <param name="choice">One of several, chosen along with the answer; read it when the answer is yes.</param>
    /// <returns>True when confirmed. Without a dialog to ask in, false.</returns>
    public Task<bool> AskAsync(
        string title, string text, string confirmLabel, bool danger = false, string dismissLabel = "Cancel", ConfirmOption? option = null,
        ConfirmChoice? choice = null)
    {
        if (Asked is null)
            return Task.FromResult(false);
        var question = new ConfirmQuestion(title, text, confirmLabel, danger, dismissLabel, option, choice);
        Asked(question);
        return question.Answer.Task;
    }
}

/// <summary>A switch that stands in the question's dialog.</summary>
/// <param name="label">The switch's name: "Do not notify".</param>
/// <param name="helpWhenOn">What follows while it is on.</param>
public sealed class ConfirmOption(string label, string helpWhenOn)
{
    /// <summary>The switch's name.</summary>
    public string Label { get; } = label;

    /// <summary>What follows while it is on.</summary>
    public string HelpWhenOn { get; } = helpWhenOn;

    /// <summary>What the person chose.</summary>
    public bool IsOn { get; set; }
}

/// <summary>Radios that stand in the question's dialog.</summary>
/// <param name="label">What is chosen.</param>
/// <param name="options">The texts of the radios, each with what follows from it; the first is chosen beforehand.</param>
public sealed class ConfirmChoice(string label, params IReadOnlyList<(string Text, string Help)> options)
{
    /// <summary>What is chosen.</summary>
    public string Label { get; } = label;

    /// <summary>The radios, in their order.</summary>
    public IReadOnlyList<(string Text, string Help)> Options { get; } = options;

    /// <summary>Which one the person chose, counted from zero.</summary>
    public int Chosen { get; set; }
}

/// <summary>One question and its answer to come.</summary>
internal sealed record ConfirmQuestion(
    string Title, string Text, string ConfirmLabel, bool Danger, string DismissLabel, ConfirmOption? Option, ConfirmChoice? Choice)
{
    public TaskCompletionSource<bool> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
