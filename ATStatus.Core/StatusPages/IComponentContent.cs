using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;

namespace ATStatus.Core.StatusPages;

/// <summary>What other rooms keep about a component; asked when components are deleted by themselves, not with their page.</summary>
public interface IComponentContent
{
    /// <summary>What it means for them that all of these are deleted, as sentences; nothing where it means nothing.</summary>
    Task<IReadOnlyList<string>> DescribeAsync(AtStatusDbContext db, IReadOnlyCollection<int> componentIds, CancellationToken cancellationToken);

    /// <summary>Removes it. Raises nothing.</summary>
    Task RemoveAsync(UnitOfWork work, int componentId, CancellationToken cancellationToken);
}
