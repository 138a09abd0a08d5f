using Microsoft.AspNetCore.Identity;

namespace ATStatus.Core.Model;

public sealed class User : IdentityUser<Guid>;

/// <summary>What an account may do.</summary>
public sealed class Role : IdentityRole<Guid>;

public static class Roles
{
    /// <summary>May do everything, the Hangfire dashboard included.</summary>
    public const string Administrator = "Administrator";
}
