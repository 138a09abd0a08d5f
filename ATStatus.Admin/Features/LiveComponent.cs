using ATStatus.Core.Persistence;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features;

/// <summary>
/// What everything that reads has around its own work: it loads when it appears and when what it is about changes, says when that failed, and
/// follows what happens meanwhile where it asks to. <see cref="LoadStates"/> shows the states. A page is an <see cref="AdminPage"/>.
/// </summary>
public abstract class LiveComponent : ConsoleComponent, IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private LiveRefresh? _live;
    private ITimer? _second;
    private object? _loadedKey;
    private bool _started;
    private Task _reading = Task.CompletedTask;
    // To read once more afterwards: true to follow, false to load the whole.
    private bool? _again;

    // Kept, because a source that is disposed gives out no token; a timer may still ask for it then.
    protected LiveComponent() => Gone = _gone.Token;

    /// <summary>Signals what others save.</summary>
    [Inject]
    protected ChangeFeed Changes { get; set; } = default!;

    /// <summary>Cancelled when the page is left; for reading. A save that has begun is carried to its end.</summary>
    protected CancellationToken Gone { get; }

    private protected sealed override bool IsGone => Gone.IsCancellationRequested;

    /// <summary>A load is under way.</summary>
    protected bool Loading { get; private set; }

    /// <summary>There is something to show.</summary>
    protected bool Ready { get; private set; }

    /// <summary>Why the last load failed, for the person in front of it.</summary>
    protected string? LoadError { get; private set; }

    /// <summary>What is shown may be out of date: it could not be read again.</summary>
    protected bool Stale { get; private set; }

    /// <summary>What it is about does not exist (any more). Set by <see cref="LoadAsync"/>.</summary>
    protected bool Missing { get; set; }

    /// <summary>What decides what is loaded. It loads again when this changes, and only then.</summary>
    protected virtual object? LoadKey => null;

    /// <summary>Reads what is shown.</summary>
    protected abstract Task LoadAsync();

    /// <summary>Reads what is shown because something else may have changed it. What is being typed here must survive it.</summary>
    protected virtual Task FollowAsync() => LoadAsync();

    /// <summary>What others change, and what the given feeds signal, is shown from now on. Call it when it is initialised.</summary>
    protected void FollowChanges(params IEnumerable<Feed> more) => Follow(LiveRefresh.Slow, LiveRefresh.Gather, [Changes, .. more]);

    /// <summary>The same, read at least so often.</summary>
    protected void FollowChanges(TimeSpan every, params IEnumerable<Feed> more) => Follow(every, LiveRefresh.Gather, [Changes, .. more]);

    /// <summary>What the feeds signal is shown at once from now on: for what changes one by one, like deliveries.</summary>
    protected void Follow(params IEnumerable<Feed> feeds) => Follow(LiveRefresh.Usual, TimeSpan.Zero, feeds);

    /// <param name="every">How often it is read at least: what other instances do is not always signalled here.</param>
    /// <param name="gather">How long a signal waits for others that belong to it.</param>
    /// <param name="feeds">What signals.</param>
    protected void Follow(TimeSpan every, TimeSpan gather, IEnumerable<Feed> feeds) =>
        _live ??= new LiveRefresh(feeds, Time, every, gather, () => InvokeAsync(RefreshAsync));

    /// <summary>Calls it every second from now on, for what counts down.</summary>
    protected void EachSecond(Action tick) =>
        _second ??= Time.CreateTimer(_ => _ = InvokeAsync(tick), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

    /// <inheritdoc />
    protected sealed override Task OnParametersSetAsync()
    {
        // Parameters are also set again when the authentication state is checked; what was typed must survive that.
        if (_started && Equals(LoadKey, _loadedKey))
            return Task.CompletedTask;
        (_started, _loadedKey, Ready, Missing) = (true, LoadKey, false, false);
        return ReloadAsync();
    }

    /// <summary>Loads (again). Asked for while it loads, it loads once more afterwards, so that what is shown is never older than the question.</summary>
    protected Task ReloadAsync() => ReadAsync(follows: false);

    /// <summary>Reads as after a signal: quietly, and what is being typed here survives.</summary>
    protected async Task RefreshAsync()
    {
        if (Gone.IsCancellationRequested)
            return;
        await ReadAsync(follows: Ready);
        if (!Gone.IsCancellationRequested)
            StateHasChanged();
    }

    private Task ReadAsync(bool follows)
    {
        if (!Loading)
            return _reading = ReadNowAsync(follows);
        // A whole load that somebody asked for is not made less by a change that comes on top.
        _again = follows && _again is not false;
        return _reading;
    }

    private async Task ReadNowAsync(bool follows)
    {
        Loading = true;
        try
        {
            for (bool? next = follows; next is { } following; next = _again)
            {
                (_again, follows) = (null, following);
                await (following ? FollowAsync() : LoadAsync());
            }
            Ready = !Missing;
            (LoadError, Stale) = (null, false);
        }
        catch (Exception) when (Gone.IsCancellationRequested)
        {
            // The page has been left; providers report a cancelled command by different exceptions.
        }
        catch (Exception e)
        {
            // Logged once, and not at every look.
            if (!follows || !Stale)
                Logger.LogPageFault(e, "read what it shows");
            // What cannot be refreshed for a moment is better than an error in its place.
            if (!follows)
                LoadError = PageFaults.LoadText;
            Stale = true;
        }
        finally
        {
            (Loading, _again) = (false, null);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        _live?.Dispose();
        _second?.Dispose();
        _gone.Cancel();
        _gone.Dispose();
    }
}
