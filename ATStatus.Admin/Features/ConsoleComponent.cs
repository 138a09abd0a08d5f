using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Problems;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace ATStatus.Admin.Features;

/// <summary>What everything on a page has at hand that acts: who is there, the clock, a log, and ways to ask and to say how it ended.</summary>
public abstract class ConsoleComponent : ComponentBase
{
    private ILogger? _logger;

    [Inject]
    private ILoggerFactory Loggers { get; set; } = default!;

    /// <summary>Who is there, and what they may do.</summary>
    [Inject]
    protected CurrentUser User { get; set; } = default!;

    [Inject]
    protected ISnackbar Snackbar { get; set; } = default!;

    [Inject]
    protected Announcer Announcer { get; set; } = default!;

    [Inject]
    protected ConfirmService Confirm { get; set; } = default!;

    [Inject]
    protected TimeProvider Time { get; set; } = default!;

    private protected ILogger Logger => _logger ??= Loggers.CreateLogger(GetType());

    /// <summary>The page has been left: a failure is not reported any more.</summary>
    private protected virtual bool IsGone => false;

    /// <summary>The state of one form; make it when the component is initialised.</summary>
    protected FormSubmission NewForm() => new(Logger, Time);

    /// <summary>Does what was pressed and says how it ended: <paramref name="done"/>, what the service has against it, or that an error was logged.</summary>
    /// <param name="action">What the service does.</param>
    /// <param name="done">What is said after a success; null for nothing.</param>
    /// <param name="step">What the log names: "redeliver".</param>
    /// <returns>Whether it was done.</returns>
    protected async Task<bool> DoAsync(Func<Task> action, string? done, string step)
    {
        try
        {
            await action();
            if (done is not null)
                ShowSaved(done);
            return true;
        }
        catch (ProblemException problem)
        {
            ShowProblem(problem.Message);
        }
        catch (Exception) when (IsGone)
        {
            // The page has been left; what was begun is carried to its end or done by the clock.
        }
        catch (Exception e)
        {
            Logger.LogPageFault(e, step);
            ShowProblem(PageFaults.DisplayText);
        }
        return false;
    }

    /// <summary>Says that something was saved. The snackbar is an alert, so screen readers say it too.</summary>
    protected void ShowSaved(string text = "Saved") => Snackbar.Add(text, Severity.Success);

    /// <summary>Says that something was not done.</summary>
    protected void ShowProblem(string text) => Snackbar.Add(text, Severity.Error);
}
