using System.Collections.ObjectModel;
using ATStatus.Core.Sending.Bodies;

namespace ATStatus.Core.Sending;

/// <summary>
/// How a notification's requests go out, as far as that is no secret: one record for its form, its row, a claim and the request. A new
/// property is stored, edited, compared and sent once it is here; a file's entry names it too. Two are equal when all that they say is.
/// </summary>
public sealed record SendOptions
{
    /// <summary>Whether the Standard Webhooks headers are sent beside the document's.</summary>
    public bool StandardWebhooks { get; init; }

    public TlsTrust TlsTrust { get; init; }

    /// <summary>The certificates that <see cref="TlsTrust"/> needs, as PEM; null where there are none.</summary>
    public string? TlsCertificate { get; init => field = string.IsNullOrEmpty(value) ? null : value; }

    /// <summary>How many requests may begin in <see cref="RatePer"/>; null for any number.</summary>
    public int? RateLimit { get; init; }

    public RatePer RatePer { get; init; }

    /// <summary>In which form the body tells the event.</summary>
    public BodyKind Body { get; init; }

    /// <summary>The Liquid template of <see cref="BodyKind.Template"/>; null where there is none.</summary>
    public string? TemplateBody { get; init => field = string.IsNullOrEmpty(value) ? null : value; }

    /// <summary>What the kind of notification asks for beyond a URL and is no secret, by name.</summary>
    public IReadOnlyDictionary<string, string> Settings
    {
        get => field ?? ReadOnlyDictionary<string, string>.Empty;
        init => field = value.Count == 0 ? null : new SettingTexts(value);
    }

    /// <summary>As it is stored: without a certificate or a template that nothing asks for.</summary>
    internal SendOptions Normalized() => this with
    {
        TlsCertificate = TlsTrust is TlsTrust.Authority or TlsTrust.Pinned ? TlsCertificate?.Trim() : null,
        RatePer = RateLimit is null ? RatePer.Second : RatePer,
        TemplateBody = Body == BodyKind.Template ? TemplateBody?.ReplaceLineEndings("\n") : null,
    };

    /// <summary>What a service that gives out a URL leaves of it: only the settings of its kind and the rate are the operator's to choose.</summary>
    internal SendOptions ForService() => new() { Settings = Settings, RateLimit = RateLimit, RatePer = RatePer };

    /// <summary>Whether its rule about certificates is another than the system's and still that of <paramref name="stored"/>.</summary>
    public bool KeepsTrustOf(SendOptions stored) =>
        TlsTrust != TlsTrust.System && (TlsTrust, TlsCertificate) == (stored.TlsTrust, stored.TlsCertificate);

    /// <summary>Whether a receiver that could not be reached with <paramref name="other"/> cannot be reached with this either.</summary>
    internal bool ReachesNoOtherThan(SendOptions other) => this with { StandardWebhooks = other.StandardWebhooks, RateLimit = other.RateLimit, RatePer = other.RatePer } == other;
}

/// <summary>What a rate limit is counted in.</summary>
public enum RatePer
{
    Second,
    Minute,
}

/// <summary>Texts by name, in the order of their names. Equal to others when names and texts are.</summary>
internal sealed class SettingTexts(IEnumerable<KeyValuePair<string, string>> texts)
    : ReadOnlyDictionary<string, string>(
        new SortedDictionary<string, string>(texts.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal))
{
    public override bool Equals(object? obj) => obj is SettingTexts other && this.SequenceEqual(other);

    public override int GetHashCode() => Count;
}
