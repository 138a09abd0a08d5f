using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Persistence;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using MudBlazor;

namespace ATStatus.Admin.Features;

/// <summary>
/// What a page that reads has around its own work: it loads when it opens and when its address says something else, tells when
/// that failed, and knows who is there. One that <see cref="FollowAsync">follows changes</see> shows what others change, live.
/// <see cref="LoadStates"/> shows the states.
/// </summary>
public abstract partial class AdminPage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private ILogger? _logger;
    private LiveRefresh? _live;
    private object? _loadedKey;
    private bool _started;
    private Task _reading = Task.CompletedTask;
    // To read once more afterwards: true to follow, false to load the whole.
    private bool? _again;

    // Kept, because a source that is disposed gives out no token; a timer may still ask for it then.
    protected AdminPage() => Gone = _gone.Token;

    [CascadingParameter]
    private Task<AuthenticationState>? Authentication { get; set; }

    [Inject]
    private ILoggerFactory Loggers { get; set; } = default!;

    [Inject]
    private ChangeFeed Changes { get; set; } = default!;

    /// <summary>Who is there, and what they may do.</summary>
    [Inject]
    protected CurrentUser User { get; set; } = default!;

    [Inject]
    protected NavigationManager Navigation { get; set; } = default!;

    [Inject]
    protected ISnackbar Snackbar { get; set; } = default!;

    [Inject]
    protected Announcer Announcer { get; set; } = default!;

    [Inject]
    protected TimeProvider Time { get; set; } = default!;

    private ILogger Logger => _logger ??= Loggers.CreateLogger(GetType());

    /// <summary>Cancelled when the page is left; for reading. A save that has begun is carried to its end.</summary>
    protected CancellationToken Gone { get; }

    /// <summary>A load is under way.</summary>
    protected bool Loading { get; private set; }

    /// <summary>There is something to show.</summary>
    protected bool Ready { get; private set; }

    /// <summary>Why the last load failed, for the person in front of it.</summary>
    protected string? LoadError { get; private set; }

    /// <summary>What the address names does not exist (any more). Set by <see cref="LoadAsync"/>.</summary>
    protected bool Missing { get; set; }

    /// <summary>What of the address decides what is loaded. The page loads again when this changes, and only then.</summary>
    protected virtual object? LoadKey => null;

    /// <summary>The state of one of the page's forms; make it when the page is initialised.</summary>
    protected FormSubmission NewForm() => new(Logger, Time);

    /// <summary>Reads what the page shows.</summary>
    protected abstract Task LoadAsync();

    /// <summary>
    /// From now on what others change, and what the given feeds signal, is shown by itself: <see cref="FollowAsync"/> reads it. Call it when
    /// the page is initialised.
    /// </summary>
    protected void FollowChanges(params IEnumerable<Feed> more) => FollowChanges(LiveRefresh.Slow, more);

    /// <summary>The same, asking at least so often by the clock.</summary>
    protected void FollowChanges(TimeSpan every, params IEnumerable<Feed> more) => _live ??= new LiveRefresh(
        [Changes, .. more], Time, every, LiveRefresh.Gather, () => InvokeAsync(RefreshAsync));

    /// <summary>Reads what the page shows because somebody else may have changed it. What is being typed here must survive it.</summary>
    protected virtual Task FollowAsync() => LoadAsync();

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

    // Quietly: what changes by itself is read when somebody looks for it, and what cannot be refreshed for a moment is better than an
    // error in its place.
    private async Task RefreshAsync()
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
            LoadError = null;
        }
        catch (Exception) when (Gone.IsCancellationRequested)
        {
            // The page has been left; providers report a cancelled command by different exceptions.
        }
        catch (Exception e)
        {
            LogLoadFailed(Logger, e);
            if (!follows)
                LoadError = "The database did not answer as it should. It has been logged.";
        }
        finally
        {
            (Loading, _again) = (false, null);
        }
    }

    /// <summary>Says that something was saved. The snackbar is an alert, so screen readers say it too.</summary>
    protected void ShowSaved(string text = "Saved") => Snackbar.Add(text, Severity.Success);

    /// <summary>
    /// Goes to where what was saved is shown. The form leaves the history: the browser's Back leads to where the person was before it, not
    /// to an empty form.
    /// </summary>
    protected void LeaveSaved(string target) => Navigation.NavigateTo(target, replace: true);

    /// <summary>Says that something was not done.</summary>
    protected void ShowProblem(string text) => Snackbar.Add(text, Severity.Error);

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
        _gone.Cancel();
        _gone.Dispose();
    }

    [LoggerMessage(LogLevel.Error, "A page could not be loaded.")]
    private static partial void LogLoadFailed(ILogger logger, Exception e);
}
