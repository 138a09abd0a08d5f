namespace ATStatus.Admin.Features.Access;

/// <summary>
/// Where sign-in leads back to: a path of this site, relative to the path base and beginning with one slash. Whatever
/// could lead elsewhere is replaced by the overview.
/// </summary>
internal static class ReturnUrl
{
    /// <summary>The overview.</summary>
    public const string Overview = "/admin";

    /// <summary>The path itself when it is local, the overview otherwise.</summary>
    public static string LocalOrOverview(string? url) => IsLocal(url) ? url! : Overview;

    // Browsers read '\' as '/' and drop tabs and line breaks, so "/\evil" and "/<tab>/evil" are "//evil" to them.
    private static bool IsLocal(string? url) =>
        url is ['/', ..] && url is not ['/', '/', ..] && !url.Any(c => c == '\\' || char.IsControl(c));
}
