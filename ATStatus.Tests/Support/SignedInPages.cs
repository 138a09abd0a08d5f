using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using Bunit;
using Bunit.TestDoubles;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Support;

/// <summary>Pages that are rendered without a host, with somebody in front of them.</summary>
internal static class SignedInPages
{
    /// <summary>Signs somebody in with a role.</summary>
    public static BunitAuthorizationContext SignIn(
        this BunitContext pages, string name, string role = Roles.Admin, bool maySeePayloads = false, bool mayRedeliver = false)
    {
        var state = new SessionState(Guid.NewGuid(), Guid.NewGuid(), name, role, maySeePayloads, mayRedeliver, default, default, DateTime.MaxValue);
        var user = new CurrentUser { Principal = SessionPrincipal.Of(state, "192.0.2.7"), Address = "192.0.2.7" };
        pages.Services.AddScoped(_ => user);
        pages.Services.AddScoped(typeof(Permitted<>));
        pages.Services.AddSingleton<CircuitRegistry>();
        pages.Services.AddScoped<CircuitAuthentication>();
        pages.Services.AddScoped(provider => new OwnSessions(
            provider.GetRequiredService<SessionStore>(), provider.GetRequiredService<CircuitAuthentication>(), provider.GetRequiredService<CurrentUser>()));
        var authorization = pages.AddAuthorization();
        authorization.SetAuthorized(name);
        authorization.SetRoles(role);
        authorization.SetPolicies([.. state.Rights.Select(right => right.ToString())]);
        return authorization;
    }
}
