using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;

namespace ATStatus.Admin.Features.Notifications.Types.Webhook;

/// <summary>What most people never need: open when something of it is set, and whenever a save or a test finds something of it wrong.</summary>
public sealed partial class AdvancedFields
{
    private IReadOnlyDictionary<string, string>? _seen;
    private bool _open;

    private string? Note => string.Join(", ", new[]
    {
        Draft.Options.StandardWebhooks ? "Standard Webhooks" : null,
        Draft.Headers.Count switch { 0 => null, 1 => "1 header", var count => $"{count} headers" },
        Draft.Options.TlsTrust == TlsTrust.System ? null : TlsFields.NameOf(Draft.Options.TlsTrust).ToLowerInvariant(),
    }.OfType<string>()) is { Length: > 0 } set ? set : null;

    private string StandardWebhooksHelp => Draft is { Options.StandardWebhooks: true, IsSigned: false }
        ? "Without a secret, webhook-id and webhook-timestamp are sent, but no webhook-signature."
        : "webhook-id, webhook-timestamp and webhook-signature, for receivers that verify with a Standard Webhooks library.";

    /// <inheritdoc />
    protected override void OnInitialized() => _open = Note is not null || Draft.HeadersLost;

    /// <inheritdoc />
    protected override void OnParametersSet()
    {
        // Each save and test finds anew; what was found once does not hold it open.
        if (ReferenceEquals(Errors, _seen))
            return;
        _seen = Errors;
        _open |= Errors?.Keys.Any(IsHere) == true;
    }

    private static bool IsHere(string field) =>
        field is nameof(SendOptions.TlsTrust) or nameof(SendOptions.TlsCertificate)
        || field.StartsWith(nameof(TransportInput.Headers), StringComparison.Ordinal);
}
