using System.ComponentModel.DataAnnotations;
using ATStatus.Core.Model;

namespace ATStatus.Core.Access;

/// <summary>What is accepted as the e-mail address of an account: it is a name to sign in with, no mail is sent to it.</summary>
public static class EmailAddress
{
    /// <summary>The longest that is stored.</summary>
    public const int MaxLength = Invitation.EmailLength;

    private static readonly EmailAddressAttribute Rule = new();

    /// <summary>Whether it looks like one.</summary>
    public static bool IsValid(string email) =>
        email.Length <= MaxLength && Rule.IsValid(email) && !email.Any(c => char.IsWhiteSpace(c) || char.IsControl(c));
}
