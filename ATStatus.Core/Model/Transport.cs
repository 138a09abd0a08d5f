using ATStatus.Core.Sending;

namespace ATStatus.Core.Model;

/// <summary>Where and how a notification's requests go out, as stored and as a claim hands it on: what is secret is encrypted.</summary>
public sealed record Transport
{
    /// <summary>The longest time that a replaced secret can go on signing.</summary>
    public static readonly TimeSpan LongestOverlap = TimeSpan.FromDays(7);

    /// <summary>The target URL, encrypted: for some services the URL is the credential.</summary>
    public required string ProtectedUrl { get; init; }

    /// <summary>The target as lists and logs show it, without what could be a token.</summary>
    public string DisplayUrl { get; init; } = "";

    /// <summary>The signing secret, encrypted; null where there is none.</summary>
    public string? ProtectedSecret { get; init; }

    /// <summary>
    /// The secret before the last rotation, encrypted; it still signs, in a header of its own, until <see cref="PreviousSecretUntil"/>.
    /// </summary>
    public string? PreviousProtectedSecret { get; init; }

    /// <summary>When the previous secret stops signing (UTC); null where there is none.</summary>
    public DateTime? PreviousSecretUntil { get; init; }

    /// <summary>Headers that the operator added, encrypted as one JSON array of pairs; null where there are none.</summary>
    public string? ProtectedHeaders { get; init; }

    /// <summary>What is no secret.</summary>
    public SendOptions Options { get; init; } = new();

    public bool IsSigned => ProtectedSecret is not null;

    /// <summary>Whether the receiver has a certificate that is not verified.</summary>
    public bool IsUnverified => Options.TlsTrust == TlsTrust.Unverified && DisplayUrl.StartsWith("https:", StringComparison.Ordinal);

    /// <summary>As it is at <paramref name="now"/> (UTC): with the replaced secret only while that still signs.</summary>
    public Transport At(DateTime now) => PreviousSecretUntil > now ? this : EndOverlap();

    /// <summary>With a new secret in the place of the one there is, which goes on signing for <paramref name="overlap"/>.</summary>
    public Transport Rotate(string? protectedSecret, TimeSpan overlap, DateTime now) =>
        ProtectedSecret is not null && protectedSecret is not null && overlap > TimeSpan.Zero
            ? this with
            {
                ProtectedSecret = protectedSecret,
                PreviousProtectedSecret = ProtectedSecret,
                PreviousSecretUntil = now + overlap,
            }
            : EndOverlap() with { ProtectedSecret = protectedSecret };

    /// <summary>Without the replaced secret, which stops signing now.</summary>
    public Transport EndOverlap() => this with { PreviousProtectedSecret = null, PreviousSecretUntil = null };
}
