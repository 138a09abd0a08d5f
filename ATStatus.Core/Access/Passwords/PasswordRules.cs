using ATStatus.Core.Model;
using Microsoft.AspNetCore.Identity;

namespace ATStatus.Core.Access.Passwords;

/// <summary>
/// What a new password must be: long enough, and not one that is tried first. Length, not classes of characters, is what makes a
/// password hard to guess (NIST SP 800-63B, 5.1.1.2).
/// </summary>
public sealed class PasswordRules : IPasswordValidator<User>
{
    public const int MinLength = 8;

    public const int MaxLength = 256;

    public Task<IdentityResult> ValidateAsync(UserManager<User> manager, User user, string? password)
    {
        // The shortest length is Identity's own rule, which has spoken already.
        if (password is null || password.Length < MinLength)
            return Task.FromResult(IdentityResult.Success);
        if (password.Length > MaxLength)
            return Task.FromResult(Refused("PasswordTooLong", $"Passwords must be at most {MaxLength} characters."));
        return Task.FromResult(CommonPasswords.Contains(password, user.Email ?? user.UserName)
            ? Refused("PasswordTooCommon", "This password is too common or too easy to guess.")
            : IdentityResult.Success);
    }

    private static IdentityResult Refused(string code, string description) => IdentityResult.Failed(new IdentityError { Code = code, Description = description });
}
