using ATStatus.Core.Access;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace ATStatus.Admin.Hosting.Access;

/// <summary>
/// Stands before everything that comes from a circuit's browser: what comes after the session has ended is dropped. By then the page is
/// on its way to the sign-in.
/// </summary>
internal sealed class SessionGate(CircuitAuthentication circuit, SessionStates sessions) : CircuitHandler
{
    /// <inheritdoc/>
    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(Func<CircuitInboundActivityContext, Task> next) => async context =>
    {
        if (circuit.SessionId is { } id)
        {
            var state = await sessions.UseAsync(id);
            circuit.Use(state);
            if (state is null)
                return;
        }
        await next(context);
    };
}
