using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace ATStatus.Admin.Features.Access;

/// <summary>Tokens of links for one purpose. They are signed with the keys in the database, so every instance on that database accepts them.</summary>
internal sealed class LinkTokens(IDataProtectionProvider protection, string purpose)
{
    private readonly ITimeLimitedDataProtector _protector = protection.CreateProtector(purpose).ToTimeLimitedDataProtector();

    /// <summary>A token that carries a text for so long.</summary>
    public string Create(string content, TimeSpan lifetime) => _protector.Protect(content, lifetime);

    /// <summary>The text of a token; null where it is none of ours or too old.</summary>
    public string? Read(string? token)
    {
        if (string.IsNullOrEmpty(token))
            return null;
        try
        {
            return _protector.Unprotect(token);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
