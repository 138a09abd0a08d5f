using System.Security.Claims;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.Identity;

namespace ATStatus.Admin.Hosting.Access;

/// <summary>
/// Who somebody is, as the framework's policies read it. Made from the session's row whenever it is needed: what a cookie says of rights counts
/// for nothing.
/// </summary>
internal static class SessionPrincipal
{
    private const string SessionClaim = "sid";
    private const string RightClaim = "right";
    private const string SetUpClaim = "setup";
    private const string AddressClaim = "address";

    /// <summary>What a cookie carries: the session's number.</summary>
    public static ClaimsPrincipal Ticket(Session session) =>
        new(new ClaimsIdentity([new Claim(SessionClaim, session.Id.ToString("N"))], IdentityConstants.ApplicationScheme));

    public static ClaimsPrincipal Of(SessionState state, string address) => new(new ClaimsIdentity(
        [
            new Claim(AddressClaim, address),
            new Claim(SessionClaim, state.Id.ToString("N")),
            new Claim(ClaimTypes.NameIdentifier, state.UserId.ToString()),
            new Claim(ClaimTypes.Name, state.Email),
            .. state.Role is { } role ? (Claim[])[new Claim(ClaimTypes.Role, role)] : [],
            .. state.MustAddSecondFactor ? (Claim[])[new Claim(SetUpClaim, "second factor")] : [],
            .. state.IsStrong ? (Claim[])[new Claim(ClaimTypes.AuthenticationMethod, "strong")] : [],
            .. state.Rights.Select(right => new Claim(RightClaim, right.ToString())),
        ],
        IdentityConstants.ApplicationScheme));

    /// <summary>The session of a cookie or a circuit; null where there is none.</summary>
    public static Guid? SessionOf(ClaimsPrincipal? principal) => Guid.TryParseExact(principal?.FindFirst(SessionClaim)?.Value, "N", out var id) ? id : null;

    /// <summary>The network address that the request came from which made it.</summary>
    public static string AddressOf(ClaimsPrincipal principal) => principal.FindFirst(AddressClaim)?.Value ?? "";

    /// <summary>The network address of a request, as sessions and the audit trail keep it; empty where it has none.</summary>
    public static string AddressOf(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : "";

    /// <summary>The session that the request's cookie names, ended or not.</summary>
    public static Guid? TicketOf(HttpContext context) => context.Items[typeof(SessionPrincipal)] as Guid?;

    public static void SetTicket(HttpContext context, Guid? session) => context.Items[typeof(SessionPrincipal)] = session;

    public static Guid? UserOf(ClaimsPrincipal principal) => Guid.TryParse(principal.FindFirst(ClaimTypes.NameIdentifier)?.Value, out var id) ? id : null;

    /// <summary>See <see cref="SessionState.MustAddSecondFactor"/>.</summary>
    public static bool MustAddSecondFactor(ClaimsPrincipal principal) => principal.HasClaim(claim => claim.Type == SetUpClaim);

    public static bool IsStrong(ClaimsPrincipal principal) => principal.HasClaim(claim => claim.Type == ClaimTypes.AuthenticationMethod);

    public static bool Has(ClaimsPrincipal principal, Right right) => principal.HasClaim(RightClaim, right.ToString());
}
