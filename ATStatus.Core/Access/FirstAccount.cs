using System.Data.Common;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Core.Access;

/// <summary>Makes the first account, an administrator, exactly once.</summary>
public sealed class FirstAccount(IServiceScopeFactory scopes)
{
    // Two set-ups at once, on one instance or several, make the same key: the database lets one of them through.
    private static readonly Guid FirstId = new("a75a7000-0000-4000-8000-000000000001");

    public async Task<bool> IsMissingAsync(CancellationToken cancellationToken = default)
    {
        await using var scope = scopes.CreateAsyncScope();
        return !await scope.ServiceProvider.GetRequiredService<AtStatusDbContext>().Users.AnyAsync(cancellationToken);
    }

    /// <summary>Makes it, role included, or nothing at all.</summary>
    public async Task<FirstAccountResult> CreateAsync(string email, string password, CancellationToken cancellationToken = default)
    {
        await using var scope = scopes.CreateAsyncScope();
        var services = scope.ServiceProvider;
        var db = services.GetRequiredService<AtStatusDbContext>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.Users.AnyAsync(cancellationToken))
            return FirstAccountResult.Exists;
        try
        {
            var users = services.GetRequiredService<UserManager<User>>();
            var roles = services.GetRequiredService<RoleManager<Role>>();
            var user = new User { Id = FirstId, UserName = email, Email = email, EmailConfirmed = true };
            var created = await users.CreateAsync(user, password);
            if (!created.Succeeded)
            {
                await transaction.RollbackAsync(cancellationToken);
                // The name can be taken by a set-up that was faster, which is no fault of the name.
                return await IsMissingAsync(cancellationToken)
                    ? new FirstAccountResult(null, [.. created.Errors])
                    : FirstAccountResult.Exists;
            }
            if (!await roles.RoleExistsAsync(Roles.Admin))
                Require(await roles.CreateAsync(new Role { Id = FirstId, Name = Roles.Admin }));
            Require(await users.AddToRoleAsync(user, Roles.Admin));
            await transaction.CommitAsync(cancellationToken);
            return new FirstAccountResult(user.Id, []);
        }
        catch (Exception e) when (
            e is DbUpdateException or DbException or InvalidOperationException && !cancellationToken.IsCancellationRequested)
        {
            // Another set-up was faster: refused by the key, or, where Identity had read that account while it looked for names, by the
            // context, which tracks it already. Whatever it was, where there is an account now, it was that.
            await transaction.DisposeAsync();
            if (await IsMissingAsync(cancellationToken))
                throw;
            return FirstAccountResult.Exists;
        }
    }

    private static void Require(IdentityResult result)
    {
        if (!result.Succeeded)
            throw new InvalidOperationException($"The role could not be given: {string.Join(" ", result.Errors.Select(e => e.Code))}.");
    }
}

/// <summary>What became of the wish for a first account.</summary>
/// <param name="UserId">The account; null when none was made.</param>
/// <param name="Errors">What Identity refused.</param>
public sealed record FirstAccountResult(Guid? UserId, IReadOnlyList<IdentityError> Errors)
{
    public static readonly FirstAccountResult Exists = new(null, []);

    /// <summary>What is wrong with the password, in sentences; null when nothing is.</summary>
    public string? PasswordProblem => Joined(password: true);

    /// <summary>What is wrong with the e-mail address; null when nothing is.</summary>
    public string? EmailProblem => Joined(password: false);

    private string? Joined(bool password)
    {
        var found = Errors.Where(e => e.Code.StartsWith("Password", StringComparison.Ordinal) == password).Select(e => e.Description).ToList();
        return found.Count == 0 ? null : string.Join(" ", found);
    }
}
