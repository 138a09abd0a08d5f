using ATStatus.Core.Events;
using ATStatus.Core.Outbox;

namespace ATStatus.Core.StatusPages;

/// <summary>What incidents keep of the statuses they give to components.</summary>
public interface IIncidentStatuses
{
    /// <summary>From now on each of these incidents gives the component this status, chosen by a person. Raises nothing.</summary>
    Task SetByHandAsync(
        UnitOfWork work, int componentId, IReadOnlyCollection<int> incidentIds, ComponentStatus status, CancellationToken cancellationToken);
}
