using System.Text.RegularExpressions;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.StatusPages;

/// <summary>What a person enters for a page.</summary>
/// <param name="Name">Required; at most <see cref="StatusPage.NameLength"/>.</param>
/// <param name="Slug">Required; see <see cref="StatusPage.Slug"/>; unique.</param>
/// <param name="Description">At most <see cref="StatusPage.DescriptionLength"/>.</param>
/// <param name="TimeZone">An IANA time zone name that this system knows.</param>
/// <param name="PublicUrl">Where the public reads the page: an http or https URL, or nothing; see <see cref="StatusPage.PublicUrl"/>.</param>
/// <param name="MoveSeries">
/// Recurring maintenance follows the page to its time zone: windows that have not started keep their local time of day. Otherwise
/// it stays in the zone in which it was planned.
/// </param>
public sealed record StatusPageInput(
    string? Name, string? Slug, string? Description = null, string? TimeZone = "UTC", string? PublicUrl = null, bool MoveSeries = false)
{
    /// <summary>Whether it is put away, as <see cref="StatusPageService.SetArchivedAsync"/> does; null leaves that as it is.</summary>
    public bool? IsArchived { get; init; }
}

/// <summary>
/// Writes status pages. Events are raised by deleting one (its components are deleted, one event each) and by moving its recurring
/// maintenance to another time zone.
/// </summary>
[Needs(Right.WriteStatus)]
public sealed partial class StatusPageService(
    IDbContextFactory<AtStatusDbContext> contexts, EventOutbox outbox, IEnumerable<IPageContent> content, PublicPageUrls urls)
{
    /// <summary>Makes a page and returns its number.</summary>
    /// <exception cref="InvalidInputException">See <see cref="StatusPageInput"/>.</exception>
    public Task<int> CreateAsync(StatusPageInput input, CancellationToken cancellationToken = default) =>
        outbox.RunAsync("status page", false, async work =>
        {
            var page = new StatusPage { Name = "", Slug = "", CreatedAt = work.Now };
            await ApplyAsync(work, page, input, null, cancellationToken);
            work.Db.StatusPages.Add(page);
            await SaveAsync(work.Db, page, cancellationToken);
            return page.Id;
        }, cancellationToken);

    /// <summary>Renames a page or changes its slug.</summary>
    /// <param name="version">The version the person saw.</param>
    /// <param name="input">What it shall be.</param>
    /// <exception cref="InvalidInputException">See <see cref="StatusPageInput"/>.</exception>
    /// <exception cref="NotFoundException">There is no such page.</exception>
    /// <exception cref="EditConflictException">Somebody else changed it since <paramref name="version"/>.</exception>
    public async Task UpdateAsync(int id, int version, StatusPageInput input, CancellationToken cancellationToken = default)
    {
        await outbox.RunAsync("status page", false, async work =>
        {
            var page = await work.Db.StatusPages.SingleOrDefaultAsync(p => p.Id == id, cancellationToken) ?? throw new NotFoundException("status page");
            if (page.Version != version)
                throw new EditConflictException("status page");
            await ApplyAsync(work, page, input, id, cancellationToken);
            await SaveAsync(work.Db, page, cancellationToken);
            foreach (var room in input.MoveSeries ? content : [])
                await room.FollowTimeZoneAsync(work, page, cancellationToken);
            return true;
        }, cancellationToken);
        urls.Forget(id);
    }

    /// <summary>
    /// Puts a page away, or takes it back: it keeps everything, and nothing new is made on it meanwhile. What was announced
    /// on it, like scheduled maintenance, still happens.
    /// </summary>
    /// <exception cref="NotFoundException">There is no such page.</exception>
    /// <exception cref="EditConflictException">Somebody else changed it at the same moment.</exception>
    public Task SetArchivedAsync(int id, bool archived, CancellationToken cancellationToken = default) =>
        outbox.RunAsync("status page", false, async work =>
        {
            var page = await work.Db.StatusPages.SingleOrDefaultAsync(p => p.Id == id, cancellationToken) ?? throw new NotFoundException("status page");
            page.ArchivedAt = archived ? page.ArchivedAt ?? work.Now : null;
            return true;
        }, cancellationToken);

    /// <summary>What goes with a page when it is deleted, in words like "5 components".</summary>
    public async Task<IReadOnlyList<string>> DescribeContentAsync(int id, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var components = await db.Components.CountAsync(c => c.StatusPageId == id, cancellationToken);
        var words = new List<string>();
        if (components > 0)
            words.Add(components == 1 ? "1 component with its history" : $"{components} components with their history");
        foreach (var room in content)
            words.AddRange(await room.DescribeAsync(db, id, cancellationToken));
        return words;
    }

    /// <summary>What on a page is not over, so that <see cref="DeleteAsync"/> refuses: open incidents, then running windows.</summary>
    public async Task<IReadOnlyList<UnfinishedOnPage>> UnfinishedAsync(int id, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await UnfinishedAsync(db, id, cancellationToken);
    }

    private async Task<IReadOnlyList<UnfinishedOnPage>> UnfinishedAsync(AtStatusDbContext db, int id, CancellationToken cancellationToken)
    {
        var unfinished = new List<UnfinishedOnPage>();
        foreach (var room in content)
            unfinished.AddRange(await room.UnfinishedAsync(db, id, cancellationToken));
        return unfinished;
    }

    /// <summary>
    /// Deletes a page with everything on it. Raises <c>component.deleted</c> for each component, in the page's order. The
    /// delivery log stays.
    /// </summary>
    /// <param name="typedName">The page's name, as the person typed it to make sure.</param>
    /// <param name="doNotNotify">Record the events, but send them to no one.</param>
    /// <exception cref="NotFoundException">There is no such page.</exception>
    /// <exception cref="InvalidInputException">The typed name is another.</exception>
    /// <exception cref="PageInUseException">An incident on it is open, or a maintenance window runs.</exception>
    public Task DeleteAsync(int id, string? typedName, bool doNotNotify = false, CancellationToken cancellationToken = default) =>
        outbox.RunAsync("status page", doNotNotify, async work =>
        {
            var page = await work.Db.StatusPages
                .Include(p => p.Groups)
                .Include(p => p.Components)
                .AsSplitQuery()
                .SingleOrDefaultAsync(p => p.Id == id, cancellationToken) ?? throw new NotFoundException("status page");
            var check = new InputCheck();
            check.Require(typedName?.Trim() == page.Name, nameof(StatusPageInput.Name), "Type the page's name exactly to delete it.");
            check.ThrowIfInvalid();
            if (await UnfinishedAsync(work.Db, id, cancellationToken) is { Count: > 0 } unfinished)
                throw new PageInUseException(unfinished);
            await work.FixRecipientsAsync(cancellationToken);
            foreach (var room in content)
                await room.RemoveAsync(work, id, cancellationToken);
            foreach (var component in Component.InPageOrder([.. page.Components]).ToList())
                await ComponentService.DeleteAsync(work, component, cancellationToken);
            work.Db.ComponentGroups.RemoveRange(page.Groups);
            await work.SaveAsync("status page", cancellationToken);
            work.Db.StatusPages.Remove(page);
            return true;
        }, cancellationToken);

    /// <summary>A slug that a name suggests: lower-case ASCII letters and digits, words joined by hyphens; may be empty.</summary>
    public static string SuggestSlug(string? name)
    {
        // Decomposed, an accented letter is its plain letter and a mark; the mark goes without leaving a gap.
        var letters = Marks().Replace((name ?? "").Normalize(System.Text.NormalizationForm.FormKD), "");
        var ascii = OwnLetters().Replace(letters.ToLowerInvariant(), m => m.Value switch
        {
            "ß" => "ss",
            "æ" => "ae",
            "œ" => "oe",
            "þ" => "th",
            "ø" => "o",
            "đ" or "ð" => "d",
            "ł" => "l",
            "ħ" => "h",
            "ŧ" => "t",
            "ŋ" => "n",
            _ => "i",
        });
        var plain = NotInSlug().Replace(ascii, m => m.Value == "'" ? "" : "-");
        var slug = ManyHyphens().Replace(plain, "-").Trim('-');
        return slug.Length <= StatusPage.SlugLength ? slug : slug[..StatusPage.SlugLength].Trim('-');
    }

    private static async Task ApplyAsync(
        UnitOfWork work, StatusPage page, StatusPageInput input, int? id, CancellationToken cancellationToken)
    {
        var check = new InputCheck();
        var name = check.Line(input.Name, nameof(input.Name), "Name", StatusPage.NameLength);
        var slug = check.Line(input.Slug, nameof(input.Slug), "Slug", StatusPage.SlugLength);
        check.Require(
            Slug().IsMatch(slug), nameof(input.Slug), "Slug takes lower-case letters, digits and single hyphens between them, like main-status.");
        var description = check.Text(input.Description, nameof(input.Description), "Description", StatusPage.DescriptionLength, required: false);
        check.Require(PageTimeZone.TryFind(input.TimeZone, out var zone), nameof(input.TimeZone), "Choose a time zone, like Europe/Berlin or UTC.");
        var publicUrl = check.WebAddress(input.PublicUrl, nameof(input.PublicUrl), "Public URL", StatusPage.PublicUrlLength);
        if (check.IsValid)
            check.Require(
                !await work.Db.StatusPages.AnyAsync(p => p.Slug == slug && p.Id != id, cancellationToken),
                nameof(input.Slug), "Another status page has this slug already.");
        check.ThrowIfInvalid();
        (page.Name, page.Slug, page.Description, page.TimeZone, page.PublicUrl) = (name, slug, description, zone.Id, publicUrl);
        if (input.IsArchived is { } archived)
            page.ArchivedAt = archived ? page.ArchivedAt ?? work.Now : null;
    }

    private static async Task SaveAsync(AtStatusDbContext db, StatusPage saved, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw new EditConflictException("status page");
        }
        catch (DbUpdateException) when (db.StatusPages.AsNoTracking().Any(p => p.Slug == saved.Slug && p.Id != saved.Id))
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

    /// <summary>Letters of Latin alphabets that are no plain letter with a mark, so that decomposing leaves them as they are.</summary>
    [GeneratedRegex("[ßæœþøđðłħŧŋı]")]
    private static partial Regex OwnLetters();

    [GeneratedRegex(@"\p{M}")]
    private static partial Regex Marks();

    [GeneratedRegex("-{2,}")]
    private static partial Regex ManyHyphens();
}
