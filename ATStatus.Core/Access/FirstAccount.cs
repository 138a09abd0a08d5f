using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Access;

/// <summary>Makes the first account, an Admin, exactly once.</summary>
public sealed class FirstAccount(IDbContextFactory<AtStatusDbContext> contexts, AccountTransactions transactions)
{
    public async Task<bool> IsMissingAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return !await db.Users.AnyAsync(cancellationToken);
    }

    /// <summary>Makes it, role included, or nothing at all. Of two at once, on one instance or several, the second finds the account of the first.</summary>
    public Task<FirstAccountResult> CreateAsync(string email, string password, CancellationToken cancellationToken = default) => transactions.RunAsync(async change =>
    {
        await change.LockAsync();
        if (await change.Db.Users.AnyAsync(cancellationToken))
            return FirstAccountResult.Exists;
        var user = new User { Id = Guid.NewGuid(), UserName = email, Email = email, EmailConfirmed = true };
        if (await change.Users.CreateAsync(user, password) is { Succeeded: false } refused)
            return new FirstAccountResult(null, [.. refused.Errors]);
        await change.GiveRoleAsync(user, Roles.Admin);
        await change.SaveAsync(user, endsSessions: false);
        await change.CommitAsync();
        return new FirstAccountResult(user.Id, []);
    }, cancellationToken);
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
