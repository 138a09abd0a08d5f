using System.Collections.Concurrent;
using System.Reflection;
using ATStatus.Core.Deliveries;
using Hangfire;
using Hangfire.Common;

namespace ATStatus.Admin.Hosting.Jobs;

/// <summary>
/// The filters of this host's jobs. Hangfire's global list is left alone: it is shared by every host of the process, and
/// its automatic retry would revive jobs that the deliveries' own filter has failed.
/// </summary>
internal sealed class JobFilters(DeliveryJobStates deliveries, EventJobStates events, KeptJobs? kept = null) : IJobFilterProvider
{
    private readonly JobFilterProviderCollection _providers = new(Own(deliveries, events, kept), new JobFilterAttributeFilterProvider());

    /// <summary>Asked for five times in a job's life: gathered and sorted once.</summary>
    private readonly ConcurrentDictionary<(Type, MethodInfo), JobFilter[]> _known = new();

    /// <inheritdoc/>
    public IEnumerable<JobFilter> GetFilters(Job? job) => job is null
        ? _providers.GetFilters(job)
        : _known.GetOrAdd((job.Type, job.Method), _ => [.. _providers.GetFilters(job)]);

    private static JobFilterCollection Own(DeliveryJobStates deliveries, EventJobStates events, KeptJobs? kept)
    {
        var filters = new JobFilterCollection { deliveries, events, new StatisticsHistoryAttribute() };
        if (kept is not null)
            filters.Add(kept);
        return filters;
    }
}
