using System.Security.Claims;
using ATStatus.Core.Model;

namespace ATStatus.Admin.Hosting.Access;

/// <summary>Who sits in front of a circuit's pages, as it is known now. Nobody, until the circuit says who, and when the session has ended.</summary>
public sealed class CurrentUser
{
    private static readonly ClaimsPrincipal Nobody = new(new ClaimsIdentity());

    internal ClaimsPrincipal Principal { get; set; } = Nobody;

    public bool IsSignedIn => Principal.Identity?.IsAuthenticated == true;

    /// <summary>The account's number; null for nobody.</summary>
    internal Guid? Id => SessionPrincipal.UserOf(Principal);

    internal Guid? SessionId => SessionPrincipal.SessionOf(Principal);

    /// <summary>The account's name, as timelines show it.</summary>
    public string Name => Principal.Identity?.Name ?? "unknown";

    /// <summary>The person, as what they change is signed.</summary>
    public Actor Actor => new(Name);

    /// <summary>Only the own account is open, until a second factor is set up.</summary>
    public bool MustAddSecondFactor => SessionPrincipal.MustAddSecondFactor(Principal);

    /// <summary>The network address from which the circuit was opened; empty where it is not known.</summary>
    internal string Address { get; set; } = "";

    /// <summary>The person, as the audit trail names them.</summary>
    internal AuditActor AuditActor => Id is { } id ? AuditActor.OfUser(id, Name, Address) : AuditActor.Visitor(Address);

    public bool Has(Right right) => SessionPrincipal.Has(Principal, right);

    /// <summary>
    /// Where the page goes when the session ends, relative to the base path; null for the sign-in, which then leads back here. Said before an own
    /// session is ended on purpose.
    /// </summary>
    public string? LeavesTo { get; internal set; }

    internal void Leave() => Principal = Nobody;
}
