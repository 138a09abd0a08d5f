using ATStatus.Core.Outbox;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features;

/// <summary>
/// A part of a page that saves on its own. The page reads what it is about and hands it in, also because somebody else changed it; when it is
/// a newer state of the same, what was typed stays.
/// </summary>
public abstract class FormPanel : ConsoleComponent
{
    private object? _taken;
    private object? _takenKey;
    private int _asked;
    private bool _reportedDirty;

    /// <summary>How often the person asked to see what others saved.</summary>
    [Parameter]
    public int Asked { get; set; }

    /// <summary>Something was saved: the page reads again.</summary>
    [Parameter]
    public EventCallback OnSaved { get; set; }

    /// <summary>Somebody else saved, and the person wants to see it.</summary>
    [Parameter]
    public EventCallback OnLoadAgain { get; set; }

    /// <summary>Whether there is something to lose here.</summary>
    [Parameter]
    public EventCallback<bool> DirtyChanged { get; set; }

    private protected FormSubmission Form { get; private set; } = default!;

    /// <summary>What the last press on Preview found; gone with the next change.</summary>
    private protected IReadOnlyList<PlannedEvent>? Preview { get; private set; }

    /// <summary>What it is about, as it was read last.</summary>
    private protected abstract object Subject { get; }

    /// <summary>Which one that is: with another it begins anew.</summary>
    private protected abstract object SubjectKey { get; }

    /// <summary>What was typed differs from what is saved.</summary>
    private protected abstract bool IsDirty { get; }

    /// <summary>What a save hands to the service, for <see cref="FormSubmission.Judging"/>.</summary>
    private protected abstract object Judged { get; }

    /// <summary>Fills the fields from <see cref="Subject"/>.</summary>
    private protected abstract void Take(Reading reading);

    /// <summary>Why there is something to take.</summary>
    private protected enum Reading
    {
        /// <summary>Another one: begin anew.</summary>
        Another,

        /// <summary>The same one, because the person asked what is saved by now: what was typed stays.</summary>
        Asked,

        /// <summary>The same one, unasked: what was typed stays, with what the person saw beside it.</summary>
        Followed,
    }

    /// <inheritdoc />
    protected override void OnInitialized() => Form = NewForm().Judging(() => Judged);

    /// <inheritdoc />
    protected override void OnParametersSet()
    {
        if (ReferenceEquals(Subject, _taken) && Asked == _asked)
            return;
        var reading = !Equals(SubjectKey, _takenKey) ? Reading.Another : Asked != _asked ? Reading.Asked : Reading.Followed;
        if (reading != Reading.Followed)
            Form.Clear();
        ForgetPreview();
        Take(reading);
        (_taken, _takenKey, _asked) = (Subject, SubjectKey, Asked);
    }

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_reportedDirty == IsDirty)
            return;
        _reportedDirty = IsDirty;
        await DirtyChanged.InvokeAsync(_reportedDirty);
    }

    private protected async Task PreviewAsync(Func<Task<IReadOnlyList<PlannedEvent>>> plan)
    {
        ForgetPreview();
        if (await Form.PreviewAsync(async () => Preview = await plan()))
            Announcer.Say(Preview is { Count: 1 } ? "Preview: 1 event" : $"Preview: {Preview!.Count} events");
    }

    /// <summary>A preview of what was typed before would mislead.</summary>
    private protected void ForgetPreview() => Preview = null;
}
