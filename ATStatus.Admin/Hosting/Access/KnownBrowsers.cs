using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ATStatus.Admin.Hosting.Configuration;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.DataProtection;

namespace ATStatus.Admin.Hosting.Access;

/// <summary>
/// Knows browsers in which somebody has signed in to an account before, by an encrypted cookie. It opens nothing: it only lets the
/// browser's attempts at that account be counted apart. A new password of the account ends it.
/// </summary>
internal sealed class KnownBrowsers(IDataProtectionProvider protection, CookieNames names, AdminSettings settings)
{
    /// <summary>How many accounts a browser is remembered for; the newest stay.</summary>
    private const int AccountsKept = 5;

    // What browsers let a cookie live at most.
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(400);

    private readonly IDataProtector _protector = protection.CreateProtector("ATStatus.KnownBrowser.v1");

    /// <summary>Whether somebody has signed in here before, to whatever account.</summary>
    public bool IsKnown(HttpContext context) => Read(context).Count > 0;

    /// <summary>The browser's id for this account; null when it is not known.</summary>
    public Guid? Find(HttpContext context, User user) =>
        Read(context).Where(e => e.User == user.Id && e.Stamp == StampOf(user)).Select(e => (Guid?)e.Browser).FirstOrDefault();

    /// <summary>Remembers that somebody has signed in to the account here.</summary>
    public void Remember(HttpContext context, User user)
    {
        var entry = new Entry(user.Id, Find(context, user) ?? Guid.NewGuid(), StampOf(user));
        var kept = Read(context).Where(e => e.User != user.Id).Prepend(entry).Take(AccountsKept);
        context.Response.Cookies.Append(names.KnownBrowser, _protector.Protect(string.Join('\n', kept.Select(e => $"{e.User:N} {e.Browser:N} {e.Stamp}"))), new()
        {
            HttpOnly = true,
            IsEssential = true,
            MaxAge = Lifetime,
            Path = settings.Hosting.CookiePath,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
        });
    }

    private List<Entry> Read(HttpContext context)
    {
        if (context.Request.Cookies[names.KnownBrowser] is not { Length: > 0 } cookie)
            return [];
        try
        {
            return [.. _protector.Unprotect(cookie).Split('\n').Select(line => line.Split(' ')).Select(parts => new Entry(
                Guid.Parse(parts[0], CultureInfo.InvariantCulture), Guid.Parse(parts[1], CultureInfo.InvariantCulture), parts[2]))];
        }
        catch (CryptographicException)
        {
            // Not ours, or the keys were lost.
            return [];
        }
    }

    /// <summary>What says that an account's password is still the same, and says nothing else.</summary>
    internal static string StampOf(User user) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(user.SecurityStamp ?? "")), 0, 8);

    private sealed record Entry(Guid User, Guid Browser, string Stamp);
}
