using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;

namespace ATStatus.Admin.Hosting.Access;

/// <summary>Identity's store, to which a database that cannot be written is a refusal in words: signing in must not fail with an error page.</summary>
internal sealed class ConsoleUserStore(AtStatusDbContext context, IdentityErrorDescriber describer)
    : UserStore<User, Role, AtStatusDbContext, Guid>(context, describer)
{
    /// <inheritdoc/>
    public override async Task<IdentityResult> UpdateAsync(User user, CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.UpdateAsync(user, cancellationToken);
        }
        catch (DatabaseNotWritableException e)
        {
            return IdentityResult.Failed(new IdentityError { Code = nameof(DatabaseNotWritableException), Description = e.Message });
        }
    }
}
