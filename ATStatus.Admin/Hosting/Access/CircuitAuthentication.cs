using System.Security.Claims;
using ATStatus.Core.Access;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;

namespace ATStatus.Admin.Hosting.Access;

/// <summary>
/// Who a circuit's pages are shown to. It lives longer than the request that opened it, so <see cref="SessionWatch"/> and
/// <see cref="SessionGate"/> tell it what has become of its session.
/// </summary>
internal sealed class CircuitAuthentication : ServerAuthenticationStateProvider, IDisposable
{
    private readonly CurrentUser _user;
    private readonly CircuitRegistry _circuits;
    private readonly Lock _lock = new();
    private SessionState? _state;
    private bool _isOver;

    public CircuitAuthentication(CurrentUser user, CircuitRegistry circuits)
    {
        (_user, _circuits) = (user, circuits);
        AuthenticationStateChanged += Begin;
    }

    /// <summary>The circuit's session; null before it has begun and where nobody is signed in.</summary>
    public Guid? SessionId { get; private set; }

    /// <summary>Takes note of what the session is now; null when it has ended, which is for good.</summary>
    public void Use(SessionState? state)
    {
        lock (_lock)
        {
            if (_isOver || SessionId is null)
                return;
            _isOver = state is null;
            // Being used changes nothing about who it is.
            if (state is not null && _state is { } before && state == before with { LastSeenAt = state.LastSeenAt })
                return;
            _state = state;
            if (state is null)
                _user.Leave();
            else
                _user.Principal = SessionPrincipal.Of(state, _user.Address);
        }
        SetAuthenticationState(Task.FromResult(new AuthenticationState(_user.Principal)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        AuthenticationStateChanged -= Begin;
        _circuits.Remove(this);
    }

    // The framework sets it when the circuit begins, from the request's user.
    private void Begin(Task<AuthenticationState> state)
    {
        if (SessionId is not null || !state.IsCompletedSuccessfully)
            return;
        ClaimsPrincipal principal = state.Result.User;
        if (SessionPrincipal.SessionOf(principal) is not { } session)
            return;
        (_user.Principal, _user.Address) = (principal, SessionPrincipal.AddressOf(principal));
        SessionId = session;
        _circuits.Add(this);
    }
}
