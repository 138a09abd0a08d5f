using System.Globalization;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using ATStatus.Core.Sending;
using ATStatus.Core.Sending.Bodies;
using ATStatus.Core.Signing;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Notifications;

/// <summary>
/// Judges what was entered for a transport, to be saved or to be tried, and makes of it what is stored. What a notification keeps for
/// its receiver and never shows (its URL, where that can be a credential, its secret, and the values of added headers) stays where its
/// field is left empty, but for one server only: whoever can change the URL could otherwise have it sent to a server of their own.
/// </summary>
public sealed class TransportEditor(
    IEnumerable<IDeliverySender> senders, TargetProtector protector, WebhookOptions options, TimeProvider time)
{
    private const string OtherServer = "The URL has another scheme, host or port now.";

    private readonly Dictionary<string, IDeliverySender> _senders = senders.ToDictionary(s => s.Kind, StringComparer.Ordinal);

    /// <summary>What will do, as <see cref="CheckAsync"/> leaves it.</summary>
    internal sealed record Checked(TransportInput Input, Uri? Url)
    {
        /// <inheritdoc cref="TransportInput.ToString"/>
        public override string ToString() => Input.ToString();
    }

    /// <summary>The sender of a type.</summary>
    /// <exception cref="InvalidInputException">There is none.</exception>
    internal IDeliverySender Sender(string kind) => _senders.TryGetValue(kind, out var sender)
        ? sender
        : throw new InvalidInputException(new Dictionary<string, string> { [nameof(NotificationInput.Kind)] = "Choose a type." });

    /// <summary>The stored URL of a notification; null where there is none that can be read.</summary>
    internal async Task<string?> UrlAsync(AtStatusDbContext db, int id, CancellationToken cancellationToken)
    {
        var stored = db.Notifications.Where(n => n.Id == id).Select(n => n.Transport.ProtectedUrl);
        return protector.UrlIfReadable(await stored.SingleOrDefaultAsync(cancellationToken))?.AbsoluteUri;
    }

    /// <summary>Notes what is wrong, and returns the input without what the type does not take.</summary>
    /// <param name="check">Takes what is wrong, by the names of the input's properties.</param>
    /// <param name="db">Has the notification whose URL is taken.</param>
    /// <param name="saved">What is stored; null where nothing is.</param>
    /// <param name="isTest">
    /// It is tried and not saved. The URL is not looked up then, because the send does that and its outcome is promised within a time
    /// limit; and what a send refuses (a guarded address, a receiver that must be verified) is left to it, so that the log says so.
    /// </param>
    internal async Task<Checked> CheckAsync(
        InputCheck check, AtStatusDbContext db, string kind, TransportInput input, Notification? saved, bool isTest,
        CancellationToken cancellationToken)
    {
        var sender = Sender(kind);
        if (!sender.SignsRequests)
            input = input.ForService();
        var entered = input.UrlFrom is { } from ? await UrlAsync(db, from, cancellationToken) : input.Url;
        var url = isTest ? sender.ParseUrl(entered) : await sender.CheckUrlAsync(entered, cancellationToken);
        check.Require(
            isTest ? url.Uri is not null : url.IsAcceptable, nameof(input.Url),
            input.UrlFrom is not null && entered is null
                ? "The stored URL is gone or cannot be decrypted. Enter the URL again."
                : string.Join(" ", url.Errors),
            nameof(NotificationInput.Kind));
        var settings = sender.CheckSettings(input.Options.Settings);
        var certificate = CertificateText.ProblemOf(input.Options.TlsTrust, input.Options.TlsCertificate);
        input = input with { Options = input.Options.Normalized() with { Settings = settings.Settings } };
        var isForAnother = saved is not null && url.Uri is not null
            && (saved.Kind != kind || !UrlOrigin.AreSame(protector.UrlIfReadable(saved.Transport.ProtectedUrl), url.Uri));
        if (isForAnother)
        {
            // The replaced secret would sign what the other server gets.
            input = input with { SecretOverlap = TimeSpan.Zero };
            check.Require(
                !saved!.Transport.IsSigned || !string.IsNullOrEmpty(input.Secret) || input.RemoveSecret, nameof(input.Secret),
                $"{OtherServer} Enter a secret for it, or remove the stored one.", nameof(input.Url));
            check.Require(
                input.KeepTlsTrust || !input.Options.KeepsTrustOf(saved.Transport.Options), nameof(SendOptions.TlsTrust),
                $"{OtherServer} Choose its certificate check, or confirm this one.", nameof(input.Url));
        }
        if (input.Options.Body == BodyKind.Template && TemplateBody.ProblemOf(input.Options.TemplateBody, options.MaxPayload) is { } wrong)
            check.Require(false, nameof(SendOptions.TemplateBody), wrong, nameof(SendOptions.Body));
        check.Require(
            input.Options.RateLimit is null or (>= 1 and <= RateLimit.Most), nameof(SendOptions.RateLimit),
            string.Create(CultureInfo.InvariantCulture, $"Rate limit takes a whole number from 1 to {RateLimit.Most:N0}, or nothing."));
        foreach (var (setting, problem) in settings.Errors)
            check.Require(false, TransportInput.SettingField(setting), problem);
        check.Require(WebhookSecret.ProblemOf(input.Secret) is null, nameof(input.Secret), WebhookSecret.ProblemOf(input.Secret) ?? "");
        check.Require(
            isTest || !input.SecretRequired || !string.IsNullOrEmpty(input.Secret), nameof(input.Secret),
            "Enter or generate a secret: that of the original is not copied.", nameof(NotificationInput.Kind));
        check.Require(
            input.SecretOverlap >= TimeSpan.Zero && input.SecretOverlap <= Transport.LongestOverlap, nameof(input.SecretOverlap),
            $"The old secret can go on signing for at most {Transport.LongestOverlap.Days} days.");
        foreach (var (field, problem) in ProblemsOf(input.Headers, StoredHeaders(saved).Select(h => h.Key), isForAnother))
            check.Require(false, field, problem, nameof(input.Url));
        check.Require(
            isTest || input.Options.TlsTrust != TlsTrust.Unverified || options.AllowInsecureTls, nameof(SendOptions.TlsTrust),
            "Not verifying the receiver is forbidden. The operator of the console can permit it with Webhooks:AllowInsecureTls.");
        check.Require(certificate is null, nameof(SendOptions.TlsCertificate), certificate ?? "", nameof(SendOptions.TlsTrust));
        return new Checked(input, url.Uri);
    }

    /// <summary>What is stored of an input in which nothing was wrong.</summary>
    internal Transport Make(Checked entered, Notification? saved)
    {
        var (input, url) = entered;
        var now = time.GetUtcNow().UtcDateTime;
        var stored = StoredHeaders(saved);
        List<KeyValuePair<string, string>> headers = [.. input.Headers.Select(h => KeyValuePair.Create(h.Name!.Trim(), ValueOf(h)))];
        var transport = (saved?.Transport ?? new Transport { ProtectedUrl = "" }) with
        {
            // What stays is not encrypted anew: who compares two states of the row sees what a person has changed.
            ProtectedUrl = saved is not null && protector.UrlIfReadable(saved.Transport.ProtectedUrl) == url ? saved.Transport.ProtectedUrl : protector.ProtectUrl(url!),
            DisplayUrl = MaskedUrl.Display(url!),
            ProtectedHeaders = saved is not null && headers.SequenceEqual(stored) ? saved.Transport.ProtectedHeaders : protector.ProtectHeaders(headers),
            Options = input.Options,
        };
        // A secret whose keys are gone signs nothing: kept for a while, it would let every delivery of that while fail.
        var overlap = protector.SecretIfReadable(transport.ProtectedSecret) is null ? TimeSpan.Zero : input.SecretOverlap;
        return !string.IsNullOrEmpty(input.Secret) ? transport.Rotate(protector.ProtectSecret(input.Secret), overlap, now)
            : input.RemoveSecret ? transport.Rotate(null, TimeSpan.Zero, now)
            : input.EndOverlap ? transport.EndOverlap()
            : transport;

        string ValueOf(HeaderInput header) => !string.IsNullOrEmpty(header.Value)
            ? header.Value
            : stored.First(s => s.Key.Equals(header.Name!.Trim(), StringComparison.OrdinalIgnoreCase)).Value;
    }

    /// <summary>Whether a receiver that could not be reached as it is stored may be reached now.</summary>
    internal bool MayReachAnother(Transport stored, Checked entered) =>
        protector.UrlIfReadable(stored.ProtectedUrl) != entered.Url || !entered.Input.Options.ReachesNoOtherThan(stored.Options);

    // Where the keys are gone there is nothing to keep, and each value must be entered again.
    private IReadOnlyList<KeyValuePair<string, string>> StoredHeaders(Notification? saved) =>
        protector.HeadersIfReadable(saved?.Transport.ProtectedHeaders) ?? [];

    /// <summary>What is wrong with the headers a person entered, by the keys of their fields; nothing where they will do.</summary>
    /// <param name="stored">The names that a value is stored under.</param>
    /// <param name="isForAnother">The stored values are another server's and must be entered again.</param>
    internal static IEnumerable<(string Field, string Problem)> ProblemsOf(
        IReadOnlyList<HeaderInput> headers, IEnumerable<string> stored, bool isForAnother)
    {
        if (headers.Count > AddedHeaders.MaxCount)
            yield return (nameof(TransportInput.Headers), $"At most {AddedHeaders.MaxCount} headers can be added.");
        var kept = stored.ToHashSet(StringComparer.OrdinalIgnoreCase);
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < headers.Count; i++)
        {
            var name = headers[i].Name?.Trim() ?? "";
            if (AddedHeaders.ProblemOfName(name) is { } wrongName)
                yield return (TransportInput.HeaderField(i, "Name"), wrongName);
            else if (!seen.Add(name))
                yield return (TransportInput.HeaderField(i, "Name"), $"{name} is there already.");
            var isKept = string.IsNullOrEmpty(headers[i].Value) && kept.Contains(name);
            if (isKept && isForAnother)
                yield return (TransportInput.HeaderField(i, "Value"), $"{OtherServer} Enter the value again, or remove the header.");
            else if (!isKept && AddedHeaders.ProblemOfValue(headers[i].Value ?? "") is { } wrongValue)
                yield return (TransportInput.HeaderField(i, "Value"), wrongValue);
        }
    }
}
