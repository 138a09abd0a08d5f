using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;

namespace ATStatus.Core.StatusPages;

/// <summary>Something on a page that is not over, so that the page cannot be deleted: who was sent its beginning is to be sent its end.</summary>
/// <param name="Group">An incident or a maintenance window.</param>
public sealed record UnfinishedOnPage(EventGroup Group, int Id, string Title);

/// <summary>What other rooms keep on a page; asked when the page is deleted or gets another time zone.</summary>
public interface IPageContent
{
    /// <summary>What would go with the page, in words like "3 incidents"; nothing where there is none.</summary>
    Task<IReadOnlyList<string>> DescribeAsync(AtStatusDbContext db, int statusPageId, CancellationToken cancellationToken);

    /// <summary>What of it is not over, in the order in which it began; while there is any, the page is not deleted.</summary>
    Task<IReadOnlyList<UnfinishedOnPage>> UnfinishedAsync(AtStatusDbContext db, int statusPageId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<UnfinishedOnPage>>([]);

    /// <summary>Of these subjects of events those that go on, so that further events of them are raised and go to who was sent earlier ones.</summary>
    Task<IReadOnlyList<int>> GoingOnAsync(AtStatusDbContext db, EventGroup group, int[] subjectIds, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<int>>([]);

    /// <summary>Removes it. Raises nothing.</summary>
    Task RemoveAsync(UnitOfWork work, int statusPageId, CancellationToken cancellationToken);

    /// <summary>Moves what recurs on a page to the time zone that the page has now. May raise events.</summary>
    Task FollowTimeZoneAsync(UnitOfWork work, StatusPage page, CancellationToken cancellationToken) => Task.CompletedTask;
}
