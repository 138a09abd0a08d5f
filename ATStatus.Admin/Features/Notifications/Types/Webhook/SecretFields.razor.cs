using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Core.Signing;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Notifications.Types.Webhook;

/// <summary>The signing secret: a new one, for how long the one it replaces goes on signing, and an end to that.</summary>
public sealed partial class SecretFields
{
    private static readonly Choice<TimeSpan>[] Overlaps =
    [
        new(TimeSpan.Zero, "Not at all"),
        new(TimeSpan.FromHours(1), "1 hour"),
        new(TimeSpan.FromDays(1), "1 day"),
        new(TimeSpan.FromDays(3), "3 days"),
        new(TimeSpan.FromDays(7), "7 days"),
    ];

    private string? _generated;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    private bool ShowsGenerated => _generated is not null && Draft.Secret == _generated;

    /// <summary>The stored secret is for another server than the URL leads to now, and nothing was entered in its place.</summary>
    private bool IsForAnother => Draft is { HasSecret: true, RemoveSecret: false, HasMoved: true } && string.IsNullOrEmpty(Draft.Secret);

    private string? SecretWarning => !IsForAnother ? WebhookSecret.WarningOf(Draft.Secret)
        : ErrorOf(nameof(Draft.Secret)) is null ? "The URL has another scheme, host or port now. Enter a secret for it, or remove the stored one."
        : null;

    private string SecretHelp => Draft.RemoveSecret ? "The stored secret will be removed."
        : Draft is { HasSecret: true, HasMoved: true } ? "The stored secret is for the previous server and is not sent to another one."
        : Draft.HasSecret ? "A secret is stored. Leave this empty to keep it."
        : Draft.SecretRequired ? "The original signs its requests; its secret is not copied."
        : "Optional. Signs every request, so that the receiver can tell it from a forged one.";

    private DateTime? RunningUntil => Draft.PreviousSecretUntil > Time.GetUtcNow().UtcDateTime ? Draft.PreviousSecretUntil : null;

    private string OverlapHelp
    {
        get
        {
            var help = Draft.SecretOverlap == TimeSpan.Zero
                ? "A receiver that does not know the new secret rejects what comes."
                : "Beside the new one, in X-Webhook-Signature-Previous, so that the receiver can change over without losing a request.";
            return RunningUntil is null ? help : $"{help} The one that still signs from the change before ends with Save.";
        }
    }

    private Task SecretTyped(string? secret)
    {
        Draft.Secret = secret;
        return Edited.InvokeAsync(nameof(Draft.Secret));
    }

    private Task GenerateAsync()
    {
        _generated = WebhookSecret.Generate();
        return SecretTyped(_generated);
    }

    private Task ChooseOverlapAsync(TimeSpan overlap)
    {
        Draft.SecretOverlap = overlap;
        return Edited.InvokeAsync(nameof(Draft.SecretOverlap));
    }

    private Task StopAsync(bool stop)
    {
        Draft.EndOverlap = stop;
        return Edited.InvokeAsync(nameof(Draft.EndOverlap));
    }

    private Task RemoveSecretAsync(bool remove)
    {
        Draft.RemoveSecret = remove;
        if (remove)
            Draft.Secret = null;
        return Edited.InvokeAsync(nameof(Draft.Secret));
    }
}
