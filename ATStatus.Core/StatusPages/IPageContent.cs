using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;

namespace ATStatus.Core.StatusPages;

/// <summary>What other rooms keep on a page; asked when the page is deleted or gets another time zone.</summary>
public interface IPageContent
{
    /// <summary>What would go with the page, in words like "3 incidents"; nothing where there is none.</summary>
    Task<IReadOnlyList<string>> DescribeAsync(AtStatusDbContext db, int statusPageId, CancellationToken cancellationToken);

    /// <summary>Removes it. Raises nothing.</summary>
    Task RemoveAsync(UnitOfWork work, int statusPageId, CancellationToken cancellationToken);

    /// <summary>Moves what recurs on a page to the time zone that the page has now. May raise events.</summary>
    Task FollowTimeZoneAsync(UnitOfWork work, StatusPage page, CancellationToken cancellationToken) => Task.CompletedTask;
}
