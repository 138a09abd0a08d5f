using System.Globalization;
using ATStatus.Core.Model;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Persistence;

/// <summary>Nothing is deleted by its age for a while, because the clock may be wrong.</summary>
/// <param name="Since">Since when, by the clock as it was then (UTC).</param>
/// <param name="Until">When deleting goes on if the clock and the running time agree until then (UTC).</param>
/// <param name="MovedBy">By how much the clock was set ahead, or back where it is negative; null where that is not the reason.</param>
/// <param name="LastLookAt">The last look that was stored, too long ago or in the future (UTC); null where that is not the reason.</param>
public sealed record RetentionPause(DateTime Since, DateTime Until, TimeSpan? MovedBy, DateTime? LastLookAt);

/// <summary>
/// Whether the clock can be believed when it says that something is old. A clock that jumps ahead makes everything old at once, and what is
/// deleted does not come back with the right time. It is not believed where it differs from the time that the process has been running by
/// more than an hour, or where more than 25 hours have passed since the last look that was stored; then not until it has agreed with the
/// running time for 24 hours, or until a person says so. How long it has agreed is kept over a restart: a console that is restarted every
/// night has no 24 hours at once.
/// </summary>
public sealed partial class RetentionClock(
    IDbContextFactory<AtStatusDbContext> contexts, DatabaseIdentityStore identities, TimeProvider time, ILogger<RetentionClock> logger)
{
    private static readonly TimeSpan Tolerance = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestGap = TimeSpan.FromHours(25);
    private static readonly TimeSpan Agreement = TimeSpan.FromHours(24);

    /// <summary>The <see cref="Checkpoint"/>s of how long the clock has agreed, in minutes, and of the look at which it had, by the clock.</summary>
    private const string AgreedName = "RetentionAgreed";
    private const string AgreedAtName = "RetentionAgreedAt";

    private readonly Lock _lock = new();
    private (DateTime Clock, long Running) _anchor = (time.GetUtcNow().UtcDateTime, time.GetTimestamp());
    private RetentionPause? _pause;
    private bool _isAccepted;

    /// <summary>How long the clock had agreed before this process.</summary>
    private TimeSpan _agreed;
    private bool _hasLooked;

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Since when and until when nothing is deleted; null while the clock is believed. Asking compares it anew.</summary>
    public RetentionPause? Pause
    {
        get
        {
            lock (_lock)
            {
                Compare();
                return _pause;
            }
        }
    }

    /// <summary>Whether something may be done that cannot be undone because the clock says that its time has come.</summary>
    public bool IsTrusted => Pause is null;

    /// <summary>
    /// A look of retention, at start and every hour. Returns whether it may delete; only then the look is stored, and otherwise how long the
    /// clock has agreed.
    /// </summary>
    public async Task<bool> LookAsync(CancellationToken cancellationToken = default)
    {
        var last = (await identities.GetAsync(cancellationToken)).RetentionLookedAt ?? await OldestAsync(cancellationToken);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var kept = await db.Checkpoints.Where(b => b.Name == AgreedName || b.Name == AgreedAtName).ToDictionaryAsync(b => b.Name, cancellationToken);
        var now = Now;
        TimeSpan? agreed = null;
        lock (_lock)
        {
            Compare();
            var gap = now - (last ?? now);
            if (_pause is null && !_isAccepted && (gap > LongestGap || gap < -Tolerance))
                Begin(null, last, _hasLooked ? TimeSpan.Zero : AgreedBefore(kept, now));
            _hasLooked = true;
            if (_pause is not null)
                agreed = _agreed + time.GetElapsedTime(_anchor.Running);
            else
                // Short waits (a virtual machine that sleeps) must not add up.
                _anchor = (now, time.GetTimestamp());
        }
        if (agreed is { } soFar)
        {
            Keep(AgreedName, (long)soFar.TotalMinutes);
            Keep(AgreedAtName, new DateTimeOffset(now, TimeSpan.Zero).ToUnixTimeSeconds());
            await db.SaveChangesAsync(cancellationToken);
            return false;
        }
        if (kept.Count > 0)
            await db.Checkpoints.Where(b => b.Name == AgreedName || b.Name == AgreedAtName).ExecuteDeleteAsync(cancellationToken);
        await db.DatabaseIdentities.ExecuteUpdateAsync(row => row.SetProperty(d => d.RetentionLookedAt, now), cancellationToken);
        lock (_lock)
            _isAccepted = false;
        return true;

        void Keep(string name, long value)
        {
            if (!kept.TryGetValue(name, out var checkpoint))
                db.Checkpoints.Add(checkpoint = new Checkpoint { Name = name });
            checkpoint.Value = value;
        }
    }

    /// <summary>How long it had agreed at the last look of an earlier process; nothing where that is too long ago, or in the future.</summary>
    private static TimeSpan AgreedBefore(Dictionary<string, Checkpoint> kept, DateTime now)
    {
        if (!kept.TryGetValue(AgreedName, out var agreed) || !kept.TryGetValue(AgreedAtName, out var at))
            return TimeSpan.Zero;
        var gap = now - DateTimeOffset.FromUnixTimeSeconds(at.Value).UtcDateTime;
        return gap >= TimeSpan.Zero && gap < LongestGap ? TimeSpan.FromMinutes(agreed.Value) : TimeSpan.Zero;
    }

    /// <summary>A person has said that the clock is right.</summary>
    public void Accept()
    {
        lock (_lock)
            Believe();
    }

    /// <summary>A database of an earlier version has no look stored: then its age tells, and a new one is not made to wait.</summary>
    private async Task<DateTime?> OldestAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Events.OrderBy(e => e.Id).Select(e => (DateTime?)e.OccurredAt).FirstOrDefaultAsync(cancellationToken);
    }

    private void Compare()
    {
        var running = time.GetElapsedTime(_anchor.Running);
        var moved = Now - _anchor.Clock - running;
        if (moved.Duration() > Tolerance)
            Begin(moved, null, TimeSpan.Zero);
        else if (_pause is not null && _agreed + running >= Agreement)
            Believe();
    }

    private void Begin(TimeSpan? movedBy, DateTime? lastLookAt, TimeSpan agreed)
    {
        var now = Now;
        (_anchor, _agreed) = ((now, time.GetTimestamp()), agreed);
        _pause = new RetentionPause(now, now + Agreement - agreed, movedBy, lastLookAt);
        _isAccepted = false;
        if (movedBy is { } moved)
            LogMoved(moved.ToString("c", CultureInfo.InvariantCulture), _pause.Until);
        else
            LogGap(lastLookAt!.Value, _pause.Until);
    }

    private void Believe()
    {
        _anchor = (Now, time.GetTimestamp());
        _pause = null;
        // The last look that was stored is as old as the pause, or older.
        _isAccepted = true;
    }

    [LoggerMessage(LogLevel.Warning, "The clock was moved by {Moved}: nothing is deleted by its age before {Until:u}.")]
    private partial void LogMoved(string moved, DateTime until);

    [LoggerMessage(LogLevel.Warning, "Retention looked last at {Last:u}, and the clock may be wrong: nothing is deleted by its age before {Until:u}.")]
    private partial void LogGap(DateTime last, DateTime until);
}
