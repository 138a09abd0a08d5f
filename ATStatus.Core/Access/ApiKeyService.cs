using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Access;

/// <summary>When a new key ends.</summary>
public enum ApiKeyExpiry
{
    Never,
    In30Days,
    In90Days,
    In1Year,

    /// <summary>With the day in <see cref="ApiKeyInput.LastDayEnds"/>.</summary>
    OnDate,
}

/// <summary>What a person enters for a key.</summary>
/// <param name="Name">Required; at most <see cref="ApiKey.NameLength"/>; no other key that still works has it.</param>
/// <param name="Scopes">At least one of <see cref="ApiScopes.All"/>.</param>
/// <param name="LastDayEnds">
/// The end (UTC) of the last day on which it works, in the person's time zone; in the future. Only with <see cref="ApiKeyExpiry.OnDate"/>.
/// </param>
public sealed record ApiKeyInput(string? Name, IReadOnlyCollection<string> Scopes, ApiKeyExpiry Expires, DateTime? LastDayEnds = null);

/// <summary>A key that was made.</summary>
/// <param name="Text">The key itself, which is not to be had again.</param>
public sealed record NewApiKey(int Id, string Name, string Text)
{
    /// <summary>Without the key, so that it does not reach a log by accident.</summary>
    public override string ToString() => $"new API key '{Name}'";
}

/// <summary>Makes and revokes API keys.</summary>
[Needs(Right.Administer)]
public sealed class ApiKeyService(IDbContextFactory<AtStatusDbContext> contexts, ApiKeyUse use, ChangeFeed changes, TimeProvider time)
{
    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Every key, also those that have ended; by name, and of one name the newest first.</summary>
    public async Task<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.ApiKeys.AsNoTracking().OrderBy(k => k.Name).ThenByDescending(k => k.Id).ToListAsync(cancellationToken);
    }

    /// <summary>Makes a key. Its text is in the answer and nowhere else.</summary>
    /// <exception cref="InvalidInputException">See <see cref="ApiKeyInput"/>.</exception>
    public async Task<NewApiKey> CreateAsync(ApiKeyInput input, Actor actor, CancellationToken cancellationToken = default)
    {
        var now = Now;
        var check = new InputCheck();
        var name = check.Line(input.Name, nameof(input.Name), "Name", ApiKey.NameLength);
        var scopes = ApiScopes.All.Where(input.Scopes.Contains).ToArray();
        check.Require(scopes.Length > 0 && scopes.Length == input.Scopes.Distinct().Count(), nameof(input.Scopes), "Choose at least one scope.");
        check.Require(
            input.Expires != ApiKeyExpiry.OnDate || input.LastDayEnds is not null, nameof(input.LastDayEnds), "Enter the last day on which the key works.",
            nameof(input.Expires));
        check.Require(
            input.Expires != ApiKeyExpiry.OnDate || !(input.LastDayEnds <= now), nameof(input.LastDayEnds), "This day is over. Enter a later one.",
            nameof(input.Expires));
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (check.IsValid)
        {
            check.Require(
                !await db.ApiKeys.AnyAsync(k => k.Name == name && k.RevokedAt == null && (k.ExpiresAt == null || k.ExpiresAt > now), cancellationToken),
                nameof(input.Name), "Another API key has this name already. Revoke that one first, or choose another name.");
        }
        check.ThrowIfInvalid();
        var text = ApiKey.Generate();
        var key = new ApiKey
        {
            Name = name,
            Prefix = text[..ApiKey.PrefixLength],
            Hash = ApiKey.HashOf(text),
            Scopes = scopes,
            CreatedAt = now,
            CreatedBy = actor.Name,
            ExpiresAt = input.Expires switch
            {
                ApiKeyExpiry.In30Days => now.AddDays(30),
                ApiKeyExpiry.In90Days => now.AddDays(90),
                ApiKeyExpiry.In1Year => now.AddYears(1),
                ApiKeyExpiry.OnDate => input.LastDayEnds,
                _ => null,
            },
        };
        db.ApiKeys.Add(key);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        changes.Signal();
        return new NewApiKey(key.Id, name, text);
    }

    /// <summary>
    /// Ends a key for good: here at once, on other instances within <see cref="ApiKeyUse.Remembered"/>. One that has ended already stays so.
    /// </summary>
    /// <exception cref="NotFoundException">There is no such key.</exception>
    public async Task RevokeAsync(int id, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var key = await db.ApiKeys.SingleOrDefaultAsync(k => k.Id == id, cancellationToken) ?? throw new NotFoundException("API key");
        key.Revoke(Now);
        await db.SaveChangesAsync(cancellationToken);
        use.Forget(id);
        changes.Signal();
    }
}
