using System.Reflection;
using ATStatus.Core.Model;
using ATStatus.Core.Problems;

namespace ATStatus.Admin.Hosting.Access;

/// <summary>
/// The door through which pages get a service that <see cref="NeedsAttribute">needs a right</see>. Asked at each use, so that a right that was
/// taken away counts at once, whatever the page still shows.
/// </summary>
public sealed class Permitted<T>(T service, CurrentUser user)
    where T : notnull
{
    private static readonly Right Needed = typeof(T).GetCustomAttribute<NeedsAttribute>()?.Right
        ?? throw new InvalidOperationException($"{typeof(T).Name} does not say which right it needs.");

    /// <summary>Whether <see cref="Demand"/> would give it.</summary>
    public bool IsGranted => user.Has(Needed);

    /// <summary>The service. What the caller does with it, it does as the person in front of the page (<see cref="AuditActor"/>).</summary>
    /// <exception cref="AccessDeniedException">The person in front of the page does not have the right.</exception>
    public T Demand()
    {
        if (!IsGranted)
            throw new AccessDeniedException();
        AuditActor.Use(user.AuditActor);
        return service;
    }
}
