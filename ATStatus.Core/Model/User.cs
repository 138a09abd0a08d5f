using Microsoft.AspNetCore.Identity;

namespace ATStatus.Core.Model;

public sealed class User : IdentityUser<Guid>
{
    /// <summary>Whether the account may sign in. Switched off it keeps everything else.</summary>
    public bool IsOn { get; set; } = true;

    /// <summary>See <see cref="Right.SeePayloads"/>. An Admin may whatever this says.</summary>
    public bool MaySeePayloads { get; set; }

    /// <summary>See <see cref="Right.Redeliver"/>. An Admin may whatever this says.</summary>
    public bool MayRedeliver { get; set; }
}

/// <summary>What an account may do: a name of <see cref="Roles"/>.</summary>
public sealed class Role : IdentityRole<Guid>;

public static class Roles
{
    /// <summary>May do everything, the Hangfire dashboard included.</summary>
    public const string Admin = "Admin";

    /// <summary>Runs the status pages.</summary>
    public const string Editor = "Editor";

    /// <summary>Reads.</summary>
    public const string Viewer = "Viewer";

    /// <summary>All, the least first, as forms offer them.</summary>
    public static IReadOnlyList<string> All { get; } = [Viewer, Editor, Admin];

    /// <summary>The rights of a role, with the two that are switched for each account.</summary>
    public static IEnumerable<Right> RightsOf(string? role, bool maySeePayloads, bool mayRedeliver) => role switch
    {
        Admin => Enum.GetValues<Right>(),
        _ => [
            .. maySeePayloads ? (Right[])[Right.SeePayloads] : [],
            .. mayRedeliver ? (Right[])[Right.Redeliver] : [],
            .. role == Editor ? (Right[])[Right.WriteStatus] : [],
        ],
    };
}
