using System.Text.RegularExpressions;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.StatusPages;

/// <summary>What a person enters for a page.</summary>
/// <param name="Name">Required; at most <see cref="StatusPage.NameLength"/>.</param>
/// <param name="Slug">Required; see <see cref="StatusPage.Slug"/>; unique.</param>
public sealed record StatusPageInput(string? Name, string? Slug);

/// <summary>Writes status pages. Nothing here raises an event.</summary>
public sealed partial class StatusPageService(IDbContextFactory<AtStatusDbContext> contexts, TimeProvider time)
{
    /// <summary>Makes a page and answers its number.</summary>
    /// <exception cref="InvalidInputException">See <see cref="StatusPageInput"/>.</exception>
    public async Task<int> CreateAsync(StatusPageInput input, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var (name, slug) = await CheckAsync(db, input, null, cancellationToken);
        var page = new StatusPage { Name = name, Slug = slug, CreatedAt = time.GetUtcNow().UtcDateTime };
        db.StatusPages.Add(page);
        await SaveAsync(db, cancellationToken);
        return page.Id;
    }

    /// <summary>Renames a page or changes its slug.</summary>
    /// <param name="id">The page.</param>
    /// <param name="version">The version the person saw.</param>
    /// <param name="input">What it shall be.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="InvalidInputException">See <see cref="StatusPageInput"/>.</exception>
    /// <exception cref="NotFoundException">There is no such page.</exception>
    /// <exception cref="EditConflictException">Somebody else changed it since <paramref name="version"/>.</exception>
    public async Task UpdateAsync(int id, int version, StatusPageInput input, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var page = await db.StatusPages.SingleOrDefaultAsync(p => p.Id == id, cancellationToken) ?? throw new NotFoundException("status page");
        if (page.Version != version)
            throw new EditConflictException("status page");
        (page.Name, page.Slug) = await CheckAsync(db, input, id, cancellationToken);
        await SaveAsync(db, cancellationToken);
    }

    /// <summary>A slug that a name suggests: lower-case ASCII letters and digits, words joined by hyphens; may be empty.</summary>
    public static string SuggestSlug(string? name)
    {
        // Decomposed, an accented letter is its plain letter and a mark; the mark goes without leaving a gap.
        var letters = Marks().Replace((name ?? "").Normalize(System.Text.NormalizationForm.FormKD), "");
        var plain = NotInSlug().Replace(letters.ToLowerInvariant(), m => m.Value == "'" ? "" : "-");
        var slug = ManyHyphens().Replace(plain, "-").Trim('-');
        return slug.Length <= StatusPage.SlugLength ? slug : slug[..StatusPage.SlugLength].Trim('-');
    }

    private static async Task<(string Name, string Slug)> CheckAsync(
        AtStatusDbContext db, StatusPageInput input, int? id, CancellationToken cancellationToken)
    {
        var check = new InputCheck();
        var name = check.Line(input.Name, nameof(input.Name), "Name", StatusPage.NameLength);
        var slug = check.Line(input.Slug, nameof(input.Slug), "Slug", StatusPage.SlugLength);
        check.Require(
            Slug().IsMatch(slug), nameof(input.Slug), "Slug takes lower-case letters, digits and single hyphens between them, like main-status.");
        if (check.IsValid)
            check.Require(
                !await db.StatusPages.AnyAsync(p => p.Slug == slug && p.Id != id, cancellationToken),
                nameof(input.Slug), "Another status page has this slug already.");
        check.ThrowIfInvalid();
        return (name, slug);
    }

    private static async Task SaveAsync(AtStatusDbContext db, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw new EditConflictException("status page");
        }
        catch (DbUpdateException)
        {
            // The check above cannot see a page that is being made at the same moment; the unique index can.
            throw new InvalidInputException(new Dictionary<string, string>
            {
                [nameof(StatusPageInput.Slug)] = "Another status page has this slug already.",
            });
        }
    }

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex Slug();

    [GeneratedRegex("[^a-z0-9]")]
    private static partial Regex NotInSlug();

    [GeneratedRegex(@"\p{M}")]
    private static partial Regex Marks();

    [GeneratedRegex("-{2,}")]
    private static partial Regex ManyHyphens();
}
