using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Problems;

namespace ATStatus.Core.StatusPages;

/// <summary>A stretch of a component's history, as a person corrects it.</summary>
/// <param name="From">Required (UTC); not before the component was added.</param>
/// <param name="Until">Required (UTC); after the start and not in the future.</param>
/// <param name="Status">The status it had in truth.</param>
public sealed record HistoryCorrectionInput(DateTime? From, DateTime? Until, ComponentStatus Status);

/// <summary>Corrects components' history. Raises nothing (contract section 5).</summary>
[Needs(Right.WriteStatus)]
public sealed class ComponentHistoryService(EventOutbox outbox)
{
    private const string What = "component";

    /// <summary>
    /// Lets a status stand over all of a stretch of the past, over earlier corrections too. Nothing moves it afterwards; the present
    /// status is not touched.
    /// </summary>
    /// <exception cref="InvalidInputException">See <see cref="HistoryCorrectionInput"/>.</exception>
    /// <exception cref="NotFoundException">There is no such component.</exception>
    public Task CorrectAsync(int componentId, HistoryCorrectionInput input, Actor actor, CancellationToken cancellationToken = default) =>
        outbox.RunOnFreshRowsAsync(What, false, async work =>
        {
            var component = (await ComponentStatements.TakeAsync(work, [componentId], cancellationToken)).SingleOrDefault() ?? throw new NotFoundException(What);
            var check = new InputCheck();
            check.Require(input.From is not null, nameof(input.From), "Enter from when, as date and time.");
            check.Require(input.Until is not null, nameof(input.Until), "Enter until when, as date and time.");
            // Fields take minutes: the minute in which the component was added is the beginning of its history.
            check.Require(
                input.From is not { } begin || begin.AddMinutes(1) > component.CreatedAt, nameof(input.From),
                "The component was added later. Its history cannot be corrected before that.");
            check.Require(input.Until is not { } end || end <= work.Now, nameof(input.Until), "History can be corrected up to now, not in the future.");
            check.Require(
                input.From is null || input.Until is null || (input.From < input.Until && component.CreatedAt < input.Until), nameof(input.Until),
                "Until must be after From.", nameof(input.From));
            check.ThrowIfInvalid();
            var (from, until) = (WholeSeconds(input.From!.Value), WholeSeconds(input.Until!.Value));
            work.Db.ComponentStatements.Add(new ComponentStatement
            {
                ComponentId = component.Id,
                Source = StatementSource.Correction,
                Status = input.Status,
                SavedAt = work.Now,
                ReplacedAt = work.Now,
                From = from > component.CreatedAt ? from : component.CreatedAt,
                To = until,
                Author = actor.Name,
            });
            return true;
        }, cancellationToken);

    private static DateTime WholeSeconds(DateTime at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerSecond));
}
