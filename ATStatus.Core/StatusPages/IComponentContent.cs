using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;

namespace ATStatus.Core.StatusPages;

/// <summary>What other rooms keep about a group of components; asked when the group alone is removed, not its page.</summary>
public interface IGroupContent
{
    /// <summary>What its end means for them, as sentences; nothing where it means nothing.</summary>
    Task<IReadOnlyList<string>> DescribeAsync(AtStatusDbContext db, int groupId, CancellationToken cancellationToken);

    /// <summary>Removes it. Raises nothing.</summary>
    Task RemoveAsync(UnitOfWork work, int groupId, CancellationToken cancellationToken);
}

/// <summary>What other rooms keep about a component; asked when components alone are deleted, not their page.</summary>
public interface IComponentContent
{
    /// <summary>What it means for them that all of these are deleted, as sentences; nothing where it means nothing.</summary>
    Task<IReadOnlyList<string>> DescribeAsync(AtStatusDbContext db, IReadOnlyCollection<int> componentIds, CancellationToken cancellationToken);

    /// <summary>Removes it. Raises nothing.</summary>
    Task RemoveAsync(UnitOfWork work, int componentId, CancellationToken cancellationToken);
}
