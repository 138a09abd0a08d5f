namespace ATStatus.Core.Model;

/// <summary>A link by which somebody makes an account with a role that an Admin has chosen. It is deleted when it is used. Times are UTC.</summary>
public sealed class Invitation
{
    /// <summary>As Identity stores addresses.</summary>
    public const int EmailLength = 256;

    public int Id { get; set; }

    public string Email { get; set; } = "";

    public string Role { get; set; } = "";

    public bool MaySeePayloads { get; set; }

    public bool MayRedeliver { get; set; }

    /// <summary>SHA-256 of the link's token. The token itself is shown once and kept nowhere.</summary>
    public byte[] TokenHash { get; set; } = [];

    public DateTime CreatedAt { get; set; }

    public DateTime EndsAt { get; set; }

    public string CreatedBy { get; set; } = "";
}
