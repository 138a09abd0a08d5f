using System.Net;
using ATStatus.Core.Model;

namespace ATStatus.Tests.Access.Matrix;

/// <summary>What somebody is answered.</summary>
internal enum Verdict
{
    /// <summary>Let in: whatever the address then says of the request.</summary>
    Allowed,

    /// <summary>Sent to the sign-in, or 401 where no page is asked for.</summary>
    Unknown,

    /// <summary>403.</summary>
    Forbidden,
}

/// <summary>
/// For whom an address is, as <see cref="AccessTable"/> writes it: <c>everyone</c>; <c>session</c>, also one that has yet to show a second factor;
/// <c>console</c>, every account; <c>metrics</c>; the name of a right; the name of an API key's scope.
/// </summary>
internal static class Audience
{
    public static Verdict Judge(string audience, Caller caller)
    {
        if (audience == "everyone")
            return Verdict.Allowed;
        if (audience.Contains(':', StringComparison.Ordinal))
            return caller.Scopes is not { } scopes ? Verdict.Unknown : scopes.Contains(audience) ? Verdict.Allowed : Verdict.Forbidden;
        if (audience == "metrics" && caller.IsScraper)
            return Verdict.Allowed;
        if (!caller.IsSignedIn)
            return Verdict.Unknown;
        var isAllowed = audience switch
        {
            "session" => true,
            "console" => caller.HasShownEnough,
            // Who is an Admin and has only the own account for now may not scrape either.
            "metrics" => caller.Rights.Contains(Right.Administer),
            _ => caller.Rights.Contains(Enum.Parse<Right>(audience)),
        };
        return isAllowed ? Verdict.Allowed : Verdict.Forbidden;
    }

    /// <summary>What an answer says; null where it is none of the three.</summary>
    public static Verdict? Read(string pattern, HttpResponseMessage answer)
    {
        var isAddressOfScripts = pattern.StartsWith("/api", StringComparison.Ordinal) || pattern.StartsWith("/_blazor", StringComparison.Ordinal)
            || pattern.Contains("passkey", StringComparison.Ordinal) || pattern == "/metrics";
        return answer.StatusCode switch
        {
            HttpStatusCode.Unauthorized => isAddressOfScripts ? Verdict.Unknown : null,
            // A link that is none says so; one that works opens the page.
            HttpStatusCode.Forbidden => pattern is "/invite" or "/reset-password" ? Verdict.Allowed : Verdict.Forbidden,
            HttpStatusCode.Redirect when answer.Headers.Location!.OriginalString is "/login" or ['/', 'l', 'o', 'g', 'i', 'n', '?', ..] =>
                pattern is "/account/renew" or "/login/external/done" ? Verdict.Allowed : isAddressOfScripts ? null : Verdict.Unknown,
            // The page of an unexpected failure is one.
            >= HttpStatusCode.InternalServerError => pattern == "/error" ? Verdict.Allowed : null,
            _ => Verdict.Allowed,
        };
    }
}
