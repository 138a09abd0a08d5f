using ATStatus.Admin.Components.Shared;
using ATStatus.Core.Problems;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace ATStatus.Admin.Features.Lists;

/// <summary>Runs what is done with many rows, and says what it came to: all done in a moment's message, anything else in the bar until it is closed.</summary>
/// <typeparam name="TKey">A row's key.</typeparam>
public sealed partial class BulkBar<TKey>
    where TKey : struct, IEquatable<TKey>
{
    private (string Text, IReadOnlyList<string> Problems)? _outcome;
    private ElementReference _place;
    private bool _focus;

    /// <summary>"Selected components".</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>What is chosen.</summary>
    [Parameter, EditorRequired]
    public Selection<TKey> Selection { get; set; } = default!;

    /// <summary>The buttons; they run what they do by <see cref="RunAsync"/>.</summary>
    [Parameter]
    public RenderFragment<BulkBar<TKey>>? ChildContent { get; set; }

    /// <summary>The selection has changed, or rows have: show them as they are.</summary>
    [Parameter]
    public EventCallback Changed { get; set; }

    [Inject]
    private ISnackbar Snackbar { get; set; } = default!;

    [Inject]
    private Announcer Announcer { get; set; } = default!;

    [Inject]
    private ILogger<BulkBar<TKey>> Logger { get; set; } = default!;

    /// <summary>What is under way; null for nothing. Its button shows it, and the others do nothing meanwhile.</summary>
    public string? Running { get; private set; }

    /// <summary>Does something with the chosen rows and lets them go.</summary>
    /// <param name="action">What it is called, for <see cref="Running"/> and the log.</param>
    /// <param name="run">Does it with these keys.</param>
    /// <param name="say">What it came to, from how many it was done with: "3 components deleted".</param>
    public async Task RunAsync(string action, Func<IReadOnlyCollection<TKey>, Task<ManyOutcome>> run, Func<int, string> say)
    {
        if (Running is not null)
            return;
        Running = action;
        // What is done takes a while; which rows it is done with is settled now.
        TKey[] keys = [.. Selection.Keys];
        StateHasChanged();
        try
        {
            var outcome = await run(keys);
            var left = outcome.Unchanged == 0 ? "" : $", {ListPart.Number(outcome.Unchanged)} {(outcome.Unchanged == 1 ? "was" : "were")} already";
            var text = say(outcome.Done) + left;
            if (outcome.Problems.Count > 0)
            {
                _outcome = ($"{text}; {ListPart.Number(outcome.Problems.Count)} could not be changed:", outcome.Problems);
                Announcer.Say($"{text}. {string.Join(" ", outcome.Problems)}");
            }
            else
                Snackbar.Add(text, Severity.Success);
            Selection.Clear();
        }
        catch (ProblemException problem)
        {
            Snackbar.Add(problem.Message, Severity.Error);
        }
        catch (Exception e)
        {
            Logger.LogPageFault(e, action);
            Snackbar.Add(PageFaults.DisplayText, Severity.Error);
        }
        finally
        {
            Running = null;
        }
        _focus = true;
        await Changed.InvokeAsync();
    }

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        // The button that had the focus is gone with the bar; one goes on at its place.
        if (!_focus || Running is not null)
            return;
        _focus = false;
        await _place.FocusAsync(preventScroll: true);
    }

    private Task ClearAsync()
    {
        Selection.Clear();
        _focus = true;
        return Changed.InvokeAsync();
    }

    private void Close() => (_outcome, _focus) = (null, true);
}
