using ATStatus.Admin.Hosting.Configuration;
using ATStatus.Core.Access.Audit;
using ATStatus.Core.Model;
using ATStatus.Core.Problems;
using Microsoft.AspNetCore.Identity;

namespace ATStatus.Admin.Features.Access;

/// <summary>Links by which an Admin lets somebody choose a new password.</summary>
[Needs(Right.Administer)]
internal sealed class PasswordLinks(PasswordResets resets, AdminSettings settings, AuditRecorder audit, IServiceScopeFactory scopes)
{
    /// <summary>A link that is good for <see cref="PasswordResets.Lifetime"/>, once.</summary>
    /// <param name="userId">Whose password.</param>
    /// <param name="root">The console's address as this browser sees it, for where <c>Hosting:PublicUrl</c> is not said.</param>
    /// <exception cref="NotFoundException"/>
    public async Task<string> CreateAsync(Guid userId, string root)
    {
        await using var scope = scopes.CreateAsyncScope();
        var user = await scope.ServiceProvider.GetRequiredService<UserManager<User>>().FindByIdAsync(userId.ToString()) ?? throw new NotFoundException("user");
        await audit.RecordAsync(AuditAction.PasswordLinkCreated, AuditObject.User, userId.ToString(), user.Email ?? "");
        return $"{(settings.Hosting.PublicUrl?.AbsoluteUri ?? root).TrimEnd('/')}/reset-password?token={Uri.EscapeDataString(resets.Create(user))}";
    }
}
