using ATStatus.Core.Model;
using ATStatus.Core.Sending;

namespace ATStatus.Core.Notifications;

/// <summary>What a person enters for a notification.</summary>
/// <param name="Kind">The type; only when adding.</param>
/// <param name="Name">Required; at most <see cref="Notification.NameLength"/>.</param>
/// <param name="Subscription">At least one event, and at least one page or component where it is limited to some.</param>
public sealed record NotificationInput(string Kind, string? Name, TransportInput Transport, Subscription Subscription)
{
    /// <summary>Whether it is on from now on, as <see cref="NotificationService.SetEnabledAsync(int, bool, CancellationToken)"/> does; null leaves that as it is.</summary>
    public bool? IsEnabled { get; init; }

    /// <summary>Without URL and secret, so that neither reaches a log by accident.</summary>
    public override string ToString() => $"{Kind} notification '{Name}'";
}

/// <summary>
/// What a person enters for a <see cref="Transport"/>. What is stored and never shown stays where its field is left empty.
/// </summary>
/// <param name="Url">What the type accepts; required unless <see cref="UrlFrom"/> says whose is taken.</param>
/// <param name="Secret">A new secret; null or empty keeps the one there is, unless the URL leads to another server now.</param>
public sealed record TransportInput(string? Url, string? Secret = null)
{
    /// <summary>
    /// Takes the stored URL of this notification in the place of <see cref="Url"/>: its own, or that of the one it is a copy of. So a URL
    /// that is a credential need not be shown to be kept.
    /// </summary>
    public int? UrlFrom { get; init; }

    /// <summary>Remove the secret there is; ignored where a new one is given.</summary>
    public bool RemoveSecret { get; init; }

    /// <summary>A secret must be given: of a copy, whose original has one that cannot be copied. Ignored by types that sign nothing.</summary>
    public bool SecretRequired { get; init; }

    /// <summary>
    /// How long the secret that a new one replaces goes on signing beside it, in a header of its own: zero to
    /// <see cref="Transport.LongestOverlap"/>. Ignored where no secret is replaced, and where the URL leads to another server now.
    /// </summary>
    public TimeSpan SecretOverlap { get; init; }

    /// <summary>The secret before the last rotation stops signing now.</summary>
    public bool EndOverlap { get; init; }

    /// <summary>The headers that are added to each request: all there shall be.</summary>
    public IReadOnlyList<HeaderInput> Headers { get; init; } = [];

    /// <summary>What is no secret. Settings of other types are passed over, and a certificate where the rule needs none.</summary>
    public SendOptions Options { get; init; } = new();

    /// <summary>The rule about certificates that is stored shall hold too where the URL leads to another server now.</summary>
    public bool KeepTlsTrust { get; init; }

    /// <summary>The same without what only receivers of the operator's own take.</summary>
    internal TransportInput ForService() => new(Url) { UrlFrom = UrlFrom, RemoveSecret = true, Options = Options.ForService() };

    /// <summary>The key of an added header's field among a form's errors.</summary>
    /// <param name="index">Which header, from 0.</param>
    /// <param name="part"><c>Name</c> or <c>Value</c>.</param>
    public static string HeaderField(int index, string part) => FormattableString.Invariant($"{nameof(Headers)}-{index}-{part}");

    /// <summary>The key of a setting's field among a form's errors.</summary>
    public static string SettingField(string name) => $"{nameof(SendOptions.Settings)}-{name}";

    /// <summary>Without URL and secret, so that neither reaches a log by accident.</summary>
    public override string ToString() => "…";
}

/// <summary>A header that is added to each request.</summary>
/// <param name="Name">Its name; see <see cref="AddedHeaders"/>.</param>
/// <param name="Value">A new value; null or empty keeps the one that is stored under this name, unless the URL leads to another server now.</param>
public sealed record HeaderInput(string? Name, string? Value)
{
    /// <summary>Without the value, so that it does not reach a log by accident.</summary>
    public override string ToString() => $"{Name}: …";
}
