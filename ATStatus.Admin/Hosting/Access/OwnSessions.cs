using ATStatus.Core.Access;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;

namespace ATStatus.Admin.Hosting.Access;

/// <summary>What the person in front of a circuit does with the own sessions.</summary>
public sealed class OwnSessions
{
    private readonly SessionStore _store;
    private readonly CircuitAuthentication _circuit;
    private readonly CurrentUser _user;

    internal OwnSessions(SessionStore store, CircuitAuthentication circuit, CurrentUser user) => (_store, _circuit, _user) = (store, circuit, user);

    /// <summary>The session that this page belongs to.</summary>
    public Guid? Here => _user.SessionId;

    /// <summary>The one that was used last first.</summary>
    public async Task<IReadOnlyList<Session>> ListAsync(CancellationToken cancellationToken = default) =>
        _user.Id is { } id ? await _store.ListAsync(id, cancellationToken) : [];

    /// <summary>Ends the session of this browser; its pages leave.</summary>
    /// <returns>False where the database cannot be written: then it goes on.</returns>
    public async Task<bool> SignOutHereAsync()
    {
        if (_user.SessionId is { } session)
            return await LeaveAsync(id => _store.EndAsync(id, session));
        return true;
    }

    /// <summary>Ends one of the sessions.</summary>
    public Task<bool> SignOutAsync(Guid session) => session == Here ? SignOutHereAsync() : EndAsync(id => _store.EndAsync(id, session));

    /// <summary>Ends all sessions, this one too.</summary>
    public Task<bool> SignOutEverywhereAsync() => LeaveAsync(id => _store.EndAllAsync(id));

    private async Task<bool> LeaveAsync(Func<Guid, Task> end)
    {
        _user.LeavesTo = "login";
        if (!await EndAsync(end))
        {
            _user.LeavesTo = null;
            return false;
        }
        _circuit.Use(null);
        return true;
    }

    private async Task<bool> EndAsync(Func<Guid, Task> end)
    {
        if (_user.Id is not { } id)
            return true;
        try
        {
            using var actor = AuditActor.Use(_user.AuditActor);
            await end(id);
            return true;
        }
        catch (Exception e) when (DatabaseFaults.Of(e) is not null)
        {
            return false;
        }
    }
}
