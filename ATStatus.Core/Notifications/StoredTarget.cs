using ATStatus.Core.Deliveries;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using ATStatus.Core.Signing;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Notifications;

/// <summary>
/// What a notification keeps for its receiver and never shows: its URL, where that can be a credential, its secret, and the values of added
/// headers. They are kept where their fields are left empty, but for one server only: whoever can change the URL could otherwise have
/// them sent to a server of their own.
/// </summary>
internal static class StoredTarget
{
    private const string OtherServer = "The URL has another scheme, host or port now.";

    /// <summary>What a URL's field says where the stored one cannot be kept.</summary>
    public const string UrlLost = "The stored URL is gone or cannot be decrypted. Enter the URL again.";

    /// <summary>What is wrong with a secret that was entered, for the form; null when it will do, and where there is none.</summary>
    public static string? ProblemOfSecret(string? secret) => WebhookSecret.ProblemOf(secret);

    /// <summary>The stored URL of a notification; null where there is none that can be read.</summary>
    public static async Task<string?> UrlAsync(AtStatusDbContext db, TargetProtector protector, int id, CancellationToken cancellationToken) =>
        protector.UrlIfReadable(await db.Notifications.Where(n => n.Id == id).Select(n => n.ProtectedUrl).SingleOrDefaultAsync(cancellationToken))?.AbsoluteUri;

    /// <summary>Whether what is stored was for another server than <paramref name="url"/>, or that cannot be told any more.</summary>
    public static bool IsForAnother(TargetProtector protector, Notification? saved, Uri? url) =>
        saved is not null && url is not null && !UrlOrigin.AreSame(protector.UrlIfReadable(saved.ProtectedUrl), url);

    /// <summary>What must be entered again, by the keys of its fields, where <see cref="IsForAnother"/>. Headers: see <see cref="ProblemsOf"/>.</summary>
    /// <param name="saved">What is stored.</param>
    /// <param name="secret">A secret that was entered.</param>
    /// <param name="removeSecret">The stored one shall go.</param>
    /// <param name="tls">The rule about certificates that shall hold, and whether it was chosen for this server.</param>
    public static IEnumerable<(string Field, string Problem)> Missing(
        Notification saved, string? secret, bool removeSecret, (TlsTrust Trust, string? Certificate, bool IsKept) tls)
    {
        if (saved.ProtectedSecret is not null && string.IsNullOrEmpty(secret) && !removeSecret)
            yield return (nameof(NotificationInput.Secret), $"{OtherServer} Enter a secret for it, or remove the stored one.");
        if (tls is { IsKept: false, Trust: not TlsTrust.System } && tls.Trust == saved.TlsTrust && tls.Certificate == saved.TlsCertificate)
            yield return (nameof(NotificationInput.TlsTrust), $"{OtherServer} Choose its certificate check, or confirm this one.");
    }

    /// <summary>What is wrong with the headers a person entered, by the keys of their fields; nothing where they will do.</summary>
    /// <param name="headers">What was entered.</param>
    /// <param name="stored">The names that a value is stored under.</param>
    /// <param name="isForAnother">The stored values are another server's and must be entered again.</param>
    public static IEnumerable<(string Field, string Problem)> ProblemsOf(IReadOnlyList<HeaderInput> headers, IReadOnlySet<string> stored, bool isForAnother)
    {
        if (headers.Count > AddedHeaders.MaxCount)
            yield return (nameof(NotificationInput.Headers), $"At most {AddedHeaders.MaxCount} headers can be added.");
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < headers.Count; i++)
        {
            var name = headers[i].Name?.Trim() ?? "";
            if (AddedHeaders.ProblemOfName(name) is { } wrongName)
                yield return (NotificationService.HeaderField(i, "Name"), wrongName);
            else if (!seen.Add(name))
                yield return (NotificationService.HeaderField(i, "Name"), $"{name} is there already.");
            var isKept = string.IsNullOrEmpty(headers[i].Value) && stored.Contains(name);
            if (isKept && isForAnother)
                yield return (NotificationService.HeaderField(i, "Value"), $"{OtherServer} Enter the value again, or remove the header.");
            else if (!isKept && AddedHeaders.ProblemOfValue(headers[i].Value ?? "") is { } wrongValue)
                yield return (NotificationService.HeaderField(i, "Value"), wrongValue);
        }
    }
}
