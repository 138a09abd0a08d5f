using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Core.Sending;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Notifications.Types.Webhook;

/// <summary>Which certificates of an https receiver are trusted.</summary>
public sealed partial class TlsFields
{
    private static readonly Choice<TlsTrust>[] All = [.. Enum.GetValues<TlsTrust>().Select(trust => new Choice<TlsTrust>(trust, NameOf(trust)))];

    [Inject]
    private WebhookOptions Options { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    /// <summary>What the form calls a rule.</summary>
    public static string NameOf(TlsTrust trust) => trust switch
    {
        TlsTrust.Authority => "Extra certificate authority",
        TlsTrust.Pinned => "Pinned certificate",
        TlsTrust.Unverified => "Not verified",
        _ => "System trust",
    };

    // One that was chosen while it was permitted must be seen to be changed.
    private IEnumerable<Choice<TlsTrust>> Choices =>
        All.Where(choice => choice.Value != TlsTrust.Unverified || Options.AllowInsecureTls || Draft.Options.TlsTrust == choice.Value);

    private string? TrustError => ErrorOf(nameof(SendOptions.TlsTrust))
        ?? (Draft.Options.TlsTrust == TlsTrust.Unverified && !Options.AllowInsecureTls
            ? "Webhooks:AllowInsecureTls is off: nothing is delivered until another check is chosen."
            : null);

    private string? TrustHelp => Draft.Url?.TrimStart().StartsWith("http://", StringComparison.OrdinalIgnoreCase) == true
        ? "The URL is http:// and has no certificate; this counts once it is https://."
        : Draft.Options.TlsTrust switch
        {
            TlsTrust.Authority => "What the system trusts, and what this authority has issued for the URL's host name.",
            TlsTrust.Pinned => "Exactly this certificate, regardless of its issuer. Once the receiver renews it, deliveries fail until you enter the new one.",
            TlsTrust.Unverified => null,
            _ => "Certificates that the operating system trusts.",
        };

    private string Recognised => CertificateText.Describe(Draft.Options.TlsCertificate) is { } found ? $"Recognised: {found}"
        : Draft.Options.TlsTrust == TlsTrust.Pinned ? "The receiver's own certificate, as text."
        : "The authority's root certificate, as text; intermediate ones can follow.";

    private Task KeepAsync(bool keep)
    {
        Draft.KeepTlsTrust = keep;
        return Edited.InvokeAsync(nameof(SendOptions.TlsTrust));
    }
}
