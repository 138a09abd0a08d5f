using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Problems;
using ATStatus.Core.Sending;

namespace ATStatus.Admin.Features.Notifications;

/// <summary>One press of Send test: under way, then its outcome or what kept it from being sent.</summary>
/// <param name="Event">Which event.</param>
/// <param name="Outcome">What came of it.</param>
/// <param name="Problem">Why nothing was sent.</param>
public sealed record TestRun(EventType Event, TestSendOutcome? Outcome = null, string? Problem = null)
{
    /// <summary>What a test can be sent with.</summary>
    public static IReadOnlyList<Choice<EventType>> Events { get; } =
        [.. EventTypes.Selectable.Select(type => new Choice<EventType>(
            type, type.WireName(), type.IsAdditional() ? EventPicker.AdditionalTitle : type.Group().ToString()))];

    /// <summary>It is not over.</summary>
    public bool IsRunning => Outcome is null && Problem is null;

    /// <summary>The outcome in words, for eyes and ears alike.</summary>
    public string DisplayText => (Outcome?.Result, Problem) switch
    {
        (null, null) => $"Sending {Event.WireName()}…",
        (null, _) => $"Not sent. {Problem}",
        ({ Failure: null } sent, _) => $"Delivered: status {sent.StatusCode} after {Durations.Text(sent.Duration)}",
        ({ Failure: FailureKind.HttpStatus } sent, _) => $"Failed: status {sent.StatusCode} after {Durations.Text(sent.Duration)}",
        ({ Failure: { } failure } sent, _) => $"Failed: {failure.Label()} after {Durations.Text(sent.Duration)}",
    };

    /// <summary>
    /// Sends, and returns how it ended; says beginning and end to screen readers. <see cref="InvalidInputException"/> passes: it belongs to a form's fields.
    /// </summary>
    public async Task<TestRun> FinishAsync(Func<Task<TestSendOutcome>> send, Announcer announcer, ILogger logger)
    {
        announcer.Say(DisplayText);
        TestRun ended;
        try
        {
            ended = this with { Outcome = await send() };
        }
        catch (ProblemException problem) when (problem is not InvalidInputException)
        {
            ended = this with { Problem = problem.Message };
        }
        catch (Exception e) when (e is not InvalidInputException)
        {
            logger.LogPageFault(e, "send a test");
            ended = this with { Problem = PageFaults.DisplayText };
        }
        announcer.Say(ended.DisplayText);
        return ended;
    }
}
