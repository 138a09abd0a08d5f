using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Maintenance;

/// <summary>Writes maintenance windows and raises their events (contract section 5).</summary>
[Needs(Right.WriteStatus)]
public sealed class MaintenanceService(EventOutbox outbox)
{
    private const string What = "maintenance";
    private const string ShortenMessage = "Shorten the message.";
    private const string Shorten = "Shorten the message, or choose fewer components.";

    /// <summary>How late the clock may be for a planned end still to count as the real one.</summary>
    private static readonly TimeSpan OnTime = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Plans a window and returns its number. Raises <c>maintenance.scheduled</c>; a start in the past starts it at once.
    /// </summary>
    /// <exception cref="InvalidInputException">See <see cref="MaintenanceInput"/>.</exception>
    public Task<int> ScheduleAsync(MaintenanceInput input, CancellationToken cancellationToken = default) =>
        outbox.RunOnFreshRowsAsync(What, input.DoNotNotify, work => ScheduleAsync(work, input, cancellationToken), cancellationToken);

    /// <summary>What scheduling would raise and send; writes nothing.</summary>
    /// <exception cref="InvalidInputException">See <see cref="MaintenanceInput"/>.</exception>
    public Task<IReadOnlyList<PlannedEvent>> PreviewScheduleAsync(MaintenanceInput input, CancellationToken cancellationToken = default) =>
        outbox.PreviewAsync(What, input.DoNotNotify, work => ScheduleAsync(work, input, cancellationToken), cancellationToken);

    /// <summary>
    /// Changes a window that has not started. Raises <c>maintenance.scheduled</c> (same number) when something really
    /// changes; a start in the past starts it at once. Of a series only this one changes, unless all following are to. Whether it starts
    /// automatically, and how long before it subscribers are reminded, changes without an event.
    /// </summary>
    /// <exception cref="InvalidInputException">See <see cref="MaintenanceInput"/>; or two windows of its series would run at once.</exception>
    /// <exception cref="NotFoundException">There is no such window.</exception>
    /// <exception cref="EditConflictException">Somebody else, or the clock, changed it since <paramref name="version"/>.</exception>
    /// <exception cref="IllegalTransitionException">It has started; or all following are to be changed, and its series has ended.</exception>
    public Task RescheduleAsync(int id, int version, MaintenanceInput input, CancellationToken cancellationToken = default) =>
        outbox.RunOnFreshRowsAsync(What, input.DoNotNotify, work => RescheduleAsync(work, id, version, input, cancellationToken), cancellationToken);

    /// <summary>What the change would raise and send; writes nothing. Throws what <see cref="RescheduleAsync(int, int, MaintenanceInput, CancellationToken)"/> throws.</summary>
    public Task<IReadOnlyList<PlannedEvent>> PreviewRescheduleAsync(
        int id, int version, MaintenanceInput input, CancellationToken cancellationToken = default) =>
        outbox.PreviewAsync(What, input.DoNotNotify, work => RescheduleAsync(work, id, version, input, cancellationToken), cancellationToken);

    /// <summary>
    /// Posts an update, which becomes part of the window's timeline, at any time before it is over. Raises <c>maintenance.updated</c>. What
    /// others changed meanwhile is no conflict: an update is appended.
    /// </summary>
    /// <exception cref="InvalidInputException">See <see cref="MaintenanceUpdateInput"/>.</exception>
    /// <exception cref="NotFoundException">There is no such window.</exception>
    /// <exception cref="IllegalTransitionException">It is over.</exception>
    public Task PostUpdateAsync(int id, MaintenanceUpdateInput input, Actor actor, CancellationToken cancellationToken = default) =>
        outbox.RunOnFreshRowsAsync(What, input.DoNotNotify, async work =>
        {
            var check = new InputCheck();
            var message = check.Text(input.Text, nameof(input.Text), "Message", MaintenanceWindow.MessageLength);
            check.ThrowIfInvalid();
            work.LimitPayloads(nameof(input.Text), ShortenMessage);
            var window = await FindAsync(work, id, null, cancellationToken);
            if (!window.IsGoingOn)
                throw new IllegalTransitionException(window.Status == MaintenanceStatus.Cancelled
                    ? "This maintenance was cancelled, so no update can be posted any more."
                    : "This maintenance is already completed, so no update can be posted any more.");
            SilenceSeries(work, window.Series, input is { DoNotNotify: true, DoNotNotifySeries: true });
            Append(work, window, message, actor);
            await work.SaveAsync(What, cancellationToken);
            Record(work, EventType.MaintenanceUpdated, window, message);
            return true;
        }, cancellationToken);

    /// <summary>How many notifications an update of a window would be sent to now; writes nothing.</summary>
    /// <exception cref="NotFoundException">There is no such window.</exception>
    public async Task<int> CountSubscribersAsync(int id, CancellationToken cancellationToken = default)
    {
        var planned = await outbox.PreviewAsync(What, false, async work =>
        {
            Record(work, EventType.MaintenanceUpdated, await FindAsync(work, id, null, cancellationToken));
            return true;
        }, cancellationToken);
        return planned.Sum(e => e.Recipients.Count(r => r.SkipReason is null));
    }

    /// <summary>Moves the end of a window in progress. Raises <c>maintenance.updated</c> when it really changes.</summary>
    /// <param name="id">The window.</param>
    /// <param name="version">The version the person saw.</param>
    /// <param name="ends">The new end in the page's local time; in the future.</param>
    /// <param name="ambiguous">Which end is meant when the clocks go back over it.</param>
    /// <param name="doNotNotify">Record the event, but skip its deliveries.</param>
    /// <param name="doNotNotifySeries">With <paramref name="doNotNotify"/>: so for every window of the series from now on.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="InvalidInputException">The end is missing, no time, not in the future, or after the start of the next window of its series.</exception>
    /// <exception cref="NotFoundException">There is no such window.</exception>
    /// <exception cref="EditConflictException">Somebody else, or the clock, changed it since <paramref name="version"/>.</exception>
    /// <exception cref="IllegalTransitionException">It is not in progress.</exception>
    public Task ExtendAsync(
        int id, int version, DateTime? ends, AmbiguousTime ambiguous = AmbiguousTime.Ask, bool doNotNotify = false, bool doNotNotifySeries = false,
        CancellationToken cancellationToken = default) =>
        outbox.RunAsync(What, doNotNotify, async work =>
        {
            var window = await FindAsync(work, id, version, cancellationToken);
            if (window.Status != MaintenanceStatus.InProgress)
                throw new IllegalTransitionException("Only maintenance in progress can be extended.");
            var check = new InputCheck();
            var end = Instant(check, ends, window.StatusPage!, ambiguous, nameof(MaintenanceInput.Ends), "end");
            check.Require(end is null || end > work.Now, nameof(MaintenanceInput.Ends), "The end is in the past.");
            check.ThrowIfInvalid();
            // Ending it earlier makes nothing worse, also where an earlier version has let two run at once.
            if (end > window.End)
                await CheckOverlapAsync(work, check, window, window.Start, end.Value, cancellationToken);
            check.ThrowIfInvalid();
            var silenced = SilenceSeries(work, window.Series, doNotNotify && doNotNotifySeries);
            if (window.End == end)
                return silenced;
            window.End = end!.Value;
            await work.SaveAsync(What, cancellationToken);
            Record(work, EventType.MaintenanceUpdated, window);
            return true;
        }, cancellationToken);

    /// <summary>Starts it now. Raises <c>maintenance.started</c>, then component changes.</summary>
    /// <param name="version">The version the person saw.</param>
    /// <param name="doNotNotify">Record the events, but skip their deliveries.</param>
    /// <param name="doNotNotifySeries">With <paramref name="doNotNotify"/>: so for every window of the series from now on.</param>
    /// <exception cref="NotFoundException">There is no such window.</exception>
    /// <exception cref="EditConflictException">Somebody else, or the clock, changed it since <paramref name="version"/>.</exception>
    /// <exception cref="IllegalTransitionException">It is not scheduled, or two windows of its series would run at once.</exception>
    public Task StartNowAsync(
        int id, int version, bool doNotNotify = false, bool doNotNotifySeries = false, CancellationToken cancellationToken = default) =>
        outbox.RunOnFreshRowsAsync(What, doNotNotify, async work =>
        {
            var window = await FindAsync(work, id, version, cancellationToken);
            SilenceSeries(work, window.Series, doNotNotify && doNotNotifySeries);
            if (window.Status == MaintenanceStatus.Scheduled && window.End <= work.Now)
                throw new IllegalTransitionException("The end of this maintenance has passed. Move its end before you start it.");
            if (window.Status == MaintenanceStatus.Scheduled
                && await SeriesOverlap.FindAsync(work, window, work.Now, window.End, cancellationToken) is { } overlap)
                throw new IllegalTransitionException(overlap);
            await StartAsync(work, window, byHand: true, cancellationToken);
            return true;
        }, cancellationToken);

    /// <summary>Completes it now. Raises <c>maintenance.completed</c>, then component changes.</summary>
    /// <param name="version">The version the person saw.</param>
    /// <param name="doNotNotify">Record the events, but skip their deliveries.</param>
    /// <param name="doNotNotifySeries">With <paramref name="doNotNotify"/>: so for every window of the series from now on.</param>
    /// <exception cref="NotFoundException">There is no such window.</exception>
    /// <exception cref="EditConflictException">Somebody else, or the clock, changed it since <paramref name="version"/>.</exception>
    /// <exception cref="IllegalTransitionException">It is not in progress.</exception>
    public Task CompleteNowAsync(
        int id, int version, bool doNotNotify = false, bool doNotNotifySeries = false, CancellationToken cancellationToken = default) =>
        CompleteNowAsync(id, version, new MaintenanceCompleteInput(null, doNotNotify, doNotNotifySeries), default, cancellationToken);

    /// <summary>The same, with a message that becomes part of its timeline and that the event carries.</summary>
    /// <exception cref="InvalidInputException">See <see cref="MaintenanceCompleteInput"/>.</exception>
    /// <inheritdoc cref="CompleteNowAsync(int, int, bool, bool, CancellationToken)"/>
    public Task CompleteNowAsync(int id, int version, MaintenanceCompleteInput input, Actor actor, CancellationToken cancellationToken = default) =>
        outbox.RunOnFreshRowsAsync(What, input.DoNotNotify, async work =>
        {
            var window = await FindAsync(work, id, version, cancellationToken);
            var check = new InputCheck();
            var message = check.Text(input.Note, nameof(input.Note), "Message", MaintenanceWindow.MessageLength, required: false);
            check.ThrowIfInvalid();
            SilenceSeries(work, window.Series, input is { DoNotNotify: true, DoNotNotifySeries: true });
            if (message.Length > 0)
                work.LimitPayloads(nameof(input.Note), ShortenMessage);
            await CompleteAsync(work, window, work.Now, cancellationToken, message.Length > 0 ? message : null, actor);
            return true;
        }, cancellationToken);

    /// <summary>Calls it off before it starts, without a word. Raises nothing. Of a series, the next window is planned.</summary>
    /// <exception cref="NotFoundException">There is no such window.</exception>
    /// <exception cref="EditConflictException">Somebody else, or the clock, changed it since <paramref name="version"/>.</exception>
    /// <exception cref="IllegalTransitionException">It has started; then it can only be completed.</exception>
    public Task CancelAsync(int id, int version, CancellationToken cancellationToken = default) =>
        CancelAsync(id, version, new MaintenanceCancelInput(), default, cancellationToken);

    /// <summary>
    /// Calls it off before it starts. Raises <c>maintenance.updated</c> only where subscribers are to be notified. A message becomes part of
    /// its timeline. Of a series, the next window is planned.
    /// </summary>
    /// <exception cref="InvalidInputException">See <see cref="MaintenanceCancelInput"/>.</exception>
    /// <exception cref="NotFoundException">There is no such window.</exception>
    /// <exception cref="EditConflictException">Somebody else, or the clock, changed it since <paramref name="version"/>.</exception>
    /// <exception cref="IllegalTransitionException">It has started; then it can only be completed.</exception>
    public Task CancelAsync(int id, int version, MaintenanceCancelInput input, Actor actor, CancellationToken cancellationToken = default) =>
        outbox.RunAsync(What, false, async work =>
        {
            var window = await FindAsync(work, id, version, cancellationToken);
            var check = new InputCheck();
            var message = check.Text(input.Note, nameof(input.Note), "Message", MaintenanceWindow.MessageLength, required: false);
            check.ThrowIfInvalid();
            window.Cancel();
            if (message.Length > 0)
            {
                work.LimitPayloads(nameof(input.Note), ShortenMessage);
                Append(work, window, message, actor);
            }
            await CancelledAsync(work, window, message, input.Notify, cancellationToken);
            return true;
        }, cancellationToken);

    /// <summary>Ends a series: what is planned stays, nothing further is planned.</summary>
    /// <exception cref="NotFoundException">There is no such series.</exception>
    public Task EndSeriesAsync(int seriesId, CancellationToken cancellationToken = default) =>
        ChangeSeriesAsync(seriesId, series => series.IsEnded = true, cancellationToken);

    /// <summary>Ends that no window of a series notifies: what happens from now on is sent again. Nothing is sent afterwards.</summary>
    /// <exception cref="NotFoundException">There is no such series.</exception>
    public Task NotifyAgainAsync(int seriesId, CancellationToken cancellationToken = default) =>
        ChangeSeriesAsync(seriesId, series => series.DoNotNotify = false, cancellationToken);

    private Task<bool> ChangeSeriesAsync(int seriesId, Action<MaintenanceSeries> change, CancellationToken cancellationToken) =>
        outbox.RunAsync(What, false, async work =>
        {
            var series = await work.Db.MaintenanceSeries.SingleOrDefaultAsync(s => s.Id == seriesId, cancellationToken)
                ?? throw new NotFoundException("series");
            change(series);
            return true;
        }, cancellationToken);

    /// <summary>What the clock does with one window that is due; nothing when it is not (any more). Returns whether it did something.</summary>
    internal Task<bool> TickAsync(int id, EventSequence sequence, CancellationToken cancellationToken) => outbox.RunOnFreshRowsAsync(What, false, async work =>
    {
        work.Sequence = sequence;
        var window = await FindAsync(work, id, null, cancellationToken);
        switch (window.Status)
        {
            case MaintenanceStatus.Scheduled when window.Start <= work.Now && window.StartsAutomatically:
                await StartAsync(work, window, byHand: false, cancellationToken);
                return true;
            case MaintenanceStatus.Scheduled when window.End <= work.Now:
                window.Cancel();
                await CancelledAsync(work, window, "", notify: true, cancellationToken);
                return true;
            case MaintenanceStatus.Scheduled when window.IsReminderDue(work.Now):
                window.Remind();
                await work.SaveAsync(What, cancellationToken);
                Record(work, EventType.MaintenanceReminder, window, doNotNotify: window.RemindsSilently);
                return true;
            case MaintenanceStatus.InProgress when window.End <= work.Now:
                await CompleteAsync(work, window, work.Now - window.End < OnTime ? window.End : work.Now, cancellationToken);
                return true;
            default:
                return false;
        }
    }, cancellationToken);

    /// <summary>
    /// Plans the next window of a series that has none waiting, since its page was archived when the last one started or was
    /// cancelled. Returns whether it did.
    /// </summary>
    internal Task<bool> ResumeSeriesAsync(int seriesId, CancellationToken cancellationToken) => outbox.RunAsync(What, false, async work =>
    {
        var last = await Windows(work).Where(w => w.SeriesId == seriesId)
            .OrderByDescending(w => w.PlannedFor).ThenByDescending(w => w.Id).FirstOrDefaultAsync(cancellationToken);
        KeepSilent(work, last?.Series);
        if (last is null || !await SeriesPlanner.PlanNextAsync(work, last, cancellationToken))
            return false;
        // Of two instances that look at the same moment, the version of the window before lets one plan.
        Touch(work, last);
        return true;
    }, cancellationToken);

    private static async Task<int> ScheduleAsync(UnitOfWork work, MaintenanceInput input, CancellationToken cancellationToken)
    {
        var check = new InputCheck();
        var page = input.StatusPageId is { } pageId
            ? await work.Db.StatusPages.SingleOrDefaultAsync(p => p.Id == pageId, cancellationToken)
            : null;
        check.Require(page is not null, nameof(input.StatusPageId), "Choose a status page.");
        check.Require(page?.ArchivedAt is null, nameof(input.StatusPageId), "This status page is archived.");
        var plan = await CheckAsync(work, check, input, page, cancellationToken);
        var recurs = !string.IsNullOrWhiteSpace(input.Rule);
        var rule = input.Rule?.Trim() ?? "";
        check.Require(!recurs || (rule.Length <= MaintenanceSeries.RuleLength && MaintenanceSeries.IsRule(rule)), nameof(input.Rule),
            "This is no cron expression of five fields, like 0 2 * * 0 (Sundays at 02:00).");
        check.ThrowIfInvalid();
        var series = recurs ? SeriesPlanner.Create(check, page!, rule, plan, input.Starts!.Value, input.Ends!.Value) : null;
        check.ThrowIfInvalid();
        SilenceSeries(work, series, input is { DoNotNotify: true, DoNotNotifySeries: true });
        work.LimitPayloads(nameof(input.Message), Shorten, nameof(input.Title), nameof(input.ComponentIds));

        var window = new MaintenanceWindow
        {
            StatusPageId = page!.Id,
            StatusPage = page,
            Title = plan.Title,
            Message = plan.Message,
            Start = plan.Start,
            End = plan.End,
            CreatedAt = work.Now,
            StartsAutomatically = input.StartsAutomatically,
            RemindBefore = input.RemindBefore,
            RemindsSilently = IsSilentAlone(input),
            Series = series,
            PlannedFor = series is null ? null : plan.Start,
        };
        window.Components.AddRange(plan.Components.Select(c => new MaintenanceComponent { ComponentId = c.Id, Component = c }));
        await AnnounceAsync(work, window, cancellationToken);
        if (window.Start <= work.Now && window.StartsAutomatically)
            await StartAsync(work, window, byHand: false, cancellationToken);
        return window.Id;
    }

    private static async Task<bool> RescheduleAsync(
        UnitOfWork work, int id, int version, MaintenanceInput input, CancellationToken cancellationToken)
    {
        var window = await FindAsync(work, id, version, cancellationToken);
        if (window.Status != MaintenanceStatus.Scheduled)
            throw new IllegalTransitionException("This maintenance is not waiting to start any more, so it cannot be changed.");
        if (input.AllFollowing && window.Series is not { IsEnded: false })
            throw new IllegalTransitionException("Its series has ended, so no windows follow. Change this one only.");
        var check = new InputCheck();
        var plan = await CheckAsync(work, check, input, window.StatusPage!, cancellationToken);
        check.ThrowIfInvalid();
        var moved = window.Start != plan.Start || window.End != plan.End;
        if (moved)
            await CheckOverlapAsync(work, check, window, plan.Start, plan.End, cancellationToken);
        var changesSeries = SilenceSeries(work, window.Series, input is { DoNotNotify: true, DoNotNotifySeries: true });
        if (input.AllFollowing)
            changesSeries |= await SeriesPlanner.AdoptAsync(work, check, window, plan, cancellationToken);
        check.ThrowIfInvalid();
        work.LimitPayloads(nameof(input.Message), Shorten, nameof(input.Title), nameof(input.ComponentIds));

        var changes = moved || window.Title != plan.Title || window.Message != plan.Message
            || !window.Components.Select(c => c.ComponentId).ToHashSet().SetEquals(plan.Components.Select(c => c.Id));
        var starts = window.Start != plan.Start;
        var settings = window.StartsAutomatically != input.StartsAutomatically || window.RemindBefore != input.RemindBefore;
        if (!changes && !changesSeries && !settings)
            return false;
        (window.Title, window.Message, window.Start, window.End) = (plan.Title, plan.Message, plan.Start, plan.End);
        window.Components.RemoveAll(c => plan.Components.All(kept => kept.Id != c.ComponentId));
        window.Components.AddRange(plan.Components
            .Where(c => window.Components.All(old => old.ComponentId != c.Id))
            .Select(c => new MaintenanceComponent { ComponentId = c.Id, Component = c }));
        Remind(work, window, input, replans: starts || window.RemindBefore != input.RemindBefore, announces: changes);
        window.StartsAutomatically = input.StartsAutomatically;
        // The series has no version of its own: who changes it through a window that somebody else changed meanwhile is refused by that one's.
        Touch(work, window);
        await work.SaveAsync(What, cancellationToken);
        if (changes)
            Record(work, EventType.MaintenanceScheduled, window);
        if ((changes || settings) && window.Start <= work.Now && window.StartsAutomatically)
            await StartAsync(work, window, byHand: false, cancellationToken);
        return true;
    }

    /// <summary>
    /// A save that plans the reminder anew decides whether it is sent, and one that notifies of the window lets it be sent. A small change
    /// that is not worth a notification leaves it as it was.
    /// </summary>
    private static void Remind(UnitOfWork work, MaintenanceWindow window, MaintenanceInput input, bool replans, bool announces)
    {
        if (replans || (announces && !input.DoNotNotify))
            window.RemindsSilently = IsSilentAlone(input);
        window.RemindBefore = input.RemindBefore;
        if (replans)
            window.PlanReminder(work.Now);
    }

    /// <summary>Whether this window's reminder is not sent. Where no window of the series notifies, the series says so, and ends it again.</summary>
    private static bool IsSilentAlone(MaintenanceInput input) => input is { DoNotNotify: true, DoNotNotifySeries: false };

    /// <summary>Adds to the window's timeline.</summary>
    private static void Append(UnitOfWork work, MaintenanceWindow window, string message, Actor actor)
    {
        window.Updates.Add(new MaintenanceUpdate { Status = window.Status, Message = message, At = work.Now, Author = actor.Name ?? "" });
        Touch(work, window);
    }

    /// <summary>What follows from calling a window off.</summary>
    private static async Task CancelledAsync(UnitOfWork work, MaintenanceWindow window, string message, bool notify, CancellationToken cancellationToken)
    {
        await work.SaveAsync(What, cancellationToken);
        if (notify)
            Record(work, EventType.MaintenanceUpdated, window, message.Length > 0 ? message : null);
        await SeriesPlanner.PlanNextAsync(work, window, cancellationToken);
    }

    private static async Task CheckOverlapAsync(
        UnitOfWork work, InputCheck check, MaintenanceWindow window, DateTime start, DateTime end, CancellationToken cancellationToken)
    {
        var overlap = await SeriesOverlap.FindAsync(work, window, start, end, cancellationToken);
        check.Require(overlap is null, nameof(MaintenanceInput.Ends), overlap ?? "", nameof(MaintenanceInput.Starts));
    }

    /// <summary>From here on no window of the series notifies, this unit's events included. Returns whether that is new.</summary>
    private static bool SilenceSeries(UnitOfWork work, MaintenanceSeries? series, bool chosen)
    {
        if (series is null || !chosen || series.DoNotNotify)
            return false;
        series.DoNotNotify = true;
        KeepSilent(work, series);
        return true;
    }

    /// <summary>Of a series that does not notify, neither do the statuses that its windows change.</summary>
    private static void KeepSilent(UnitOfWork work, MaintenanceSeries? series)
    {
        if (series is { DoNotNotify: true })
            work.DoNotNotify = EventOutbox.DoNotNotifyReason;
    }

    private static async Task<MaintenancePlan> CheckAsync(
        UnitOfWork work, InputCheck check, MaintenanceInput input, StatusPage? page, CancellationToken cancellationToken)
    {
        var title = check.Line(input.Title, nameof(input.Title), "Title", MaintenanceWindow.TitleLength);
        var message = check.Text(input.Message, nameof(input.Message), "Message", MaintenanceWindow.MessageLength);
        var start = Instant(check, input.Starts, page, input.StartsAmbiguous, nameof(input.Starts), "start");
        var end = Instant(check, input.Ends, page, input.EndsAmbiguous, nameof(input.Ends), "end");
        check.Require(start is null || end is null || end > start, nameof(input.Ends), "The end must be after the start.",
            nameof(input.Starts), nameof(input.StatusPageId));
        check.Require(end is null || end > work.Now, nameof(input.Ends), "The end is in the past.", nameof(input.StatusPageId));
        check.Require(
            input.RemindBefore is not { } span || (span > TimeSpan.Zero && span <= MaintenanceInput.LongestReminder), nameof(input.RemindBefore),
            $"A reminder can be sent at most {MaintenanceInput.LongestReminder.TotalDays:0} days before the start.");
        var ids = input.ComponentIds.Distinct().ToArray();
        var components = page is null ? [] : await work.Db.Components.Include(c => c.Group)
            .Where(c => c.StatusPageId == page.Id && ids.Contains(c.Id)).ToListAsync(cancellationToken);
        check.Require(
            page is null || components.Count == ids.Length, nameof(input.ComponentIds),
            "A chosen component is not on this page any more. Choose again.", nameof(input.StatusPageId));
        return new MaintenancePlan(title, message, start ?? default, end ?? default, components, input.RemindBefore, input.StartsAutomatically);
    }

    private static DateTime? Instant(InputCheck check, DateTime? local, StatusPage? page, AmbiguousTime ambiguous, string field, string what)
    {
        check.Require(local is not null, field, $"Enter the {what} as date and time.");
        if (local is not { } clock || page is null)
            return null;
        if (clock.Year is < 2000 or > 9000)
        {
            check.Require(false, field, $"Enter the {what} as date and time.");
            return null;
        }
        var (utc, problem) = PageTimeZone.ToUtc(clock, PageTimeZone.Find(page.TimeZone), ambiguous);
        check.Require(problem is null, field, problem ?? "", nameof(MaintenanceInput.StatusPageId));
        return utc;
    }

    /// <summary>Adds a window, plans its reminder, and raises <c>maintenance.scheduled</c>.</summary>
    internal static async Task AnnounceAsync(UnitOfWork work, MaintenanceWindow window, CancellationToken cancellationToken)
    {
        window.PlanReminder(work.Now);
        work.Db.MaintenanceWindows.Add(window);
        await work.SaveAsync(What, cancellationToken);
        Record(work, EventType.MaintenanceScheduled, window);
    }

    private static async Task StartAsync(UnitOfWork work, MaintenanceWindow window, bool byHand, CancellationToken cancellationToken)
    {
        window.Begin(work.Now, byHand);
        await work.SaveAsync(What, cancellationToken);
        Record(work, EventType.MaintenanceStarted, window);
        await ComponentStatements.BeginWindowAsync(work, window.Id, window.Start, [.. window.Components.Select(c => c.ComponentId)], cancellationToken);
        await SeriesPlanner.PlanNextAsync(work, window, cancellationToken);
    }

    private static async Task CompleteAsync(
        UnitOfWork work, MaintenanceWindow window, DateTime end, CancellationToken cancellationToken, string? message = null, Actor actor = default)
    {
        window.Complete(end);
        if (message is not null)
            Append(work, window, message, actor);
        await work.SaveAsync(What, cancellationToken);
        Record(work, EventType.MaintenanceCompleted, window, message);
        await ComponentStatements.EndWindowAsync(work, window.Id, window.End, cancellationToken);
    }

    private static async Task<MaintenanceWindow> FindAsync(UnitOfWork work, int id, int? version, CancellationToken cancellationToken)
    {
        var window = await Windows(work).SingleOrDefaultAsync(w => w.Id == id, cancellationToken) ?? throw new NotFoundException(What);
        KeepSilent(work, window.Series);
        return version is null || window.Version == version ? window : throw new EditConflictException(What);
    }

    /// <summary>Windows with all that a change of one, or the next of its series, needs.</summary>
    internal static IQueryable<MaintenanceWindow> Windows(UnitOfWork work) => work.Db.MaintenanceWindows
        .Include(w => w.StatusPage).Include(w => w.Series)
        .Include(w => w.Components).ThenInclude(c => c.Component).ThenInclude(c => c!.Group);

    /// <summary>A change beside the window's own columns; its version must still tell other editors.</summary>
    private static void Touch(UnitOfWork work, MaintenanceWindow window) => work.Db.Entry(window).Property(w => w.Title).IsModified = true;

    /// <param name="work">The unit of work.</param>
    /// <param name="type">What happened.</param>
    /// <param name="window">To which window, as it is now.</param>
    /// <param name="message">What is said of it; null for the window's own message.</param>
    /// <param name="doNotNotify">Skips the event's deliveries; those of a series that does not notify are skipped anyway.</param>
    internal static void Record(UnitOfWork work, EventType type, MaintenanceWindow window, string? message = null, bool doNotNotify = false)
    {
        var components = Component.InPageOrder(window.Components.Select(c => c.Component!)).ToList();
        work.Record(
            type, window.StatusPage!.ToRef(), window.Id, window.Title,
            new MaintenanceData(window.Id, window.Title, message ?? window.Message, [.. components.Select(c => c.Name)], window.Start, window.End)
            {
                Status = type.IsAdditional() ? window.Status : null,
            },
            components, doNotNotify: doNotNotify || window.Series is { DoNotNotify: true });
    }
}
