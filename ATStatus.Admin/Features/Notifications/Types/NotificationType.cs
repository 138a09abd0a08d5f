using System.Globalization;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Sending;

namespace ATStatus.Admin.Features.Notifications.Types;

/// <summary>
/// A type of notification as the console shows it. A type is one folder beside this file, found by the kind of its
/// <see cref="IDeliverySender"/>; what is not said differently is as most services have it (docs/adding-a-type.md).
/// </summary>
public abstract class NotificationType
{
    /// <summary>The name its sender and the database know it by: <c>webhook</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>What people call it.</summary>
    public abstract string Label { get; }

    /// <summary>A MudBlazor icon.</summary>
    public abstract string Icon { get; }

    /// <summary>One sentence for whoever chooses.</summary>
    public abstract string Description { get; }

    /// <summary>Its own fields: a component derived from <see cref="NotificationFields"/>.</summary>
    public abstract Type FieldsComponent { get; }

    /// <summary>How its message will look: a component derived from <see cref="NotificationPreview"/>.</summary>
    public abstract Type PreviewComponent { get; }

    /// <summary>Whether requests can be signed with a secret.</summary>
    public virtual bool HasSecret => false;

    /// <summary>Whether it is a service of others: what its answers mean is known, and nobody here runs it.</summary>
    public virtual bool IsService => !HasSecret;

    /// <summary>The request's headers as far as they are known before the first attempt, one <c>Name: value</c> a line.</summary>
    /// <param name="delivery">What will be sent.</param>
    /// <param name="bodyLength">The body's length in bytes.</param>
    public virtual string PlannedHeaders(DeliveryDetail delivery, int bodyLength) => string.Create(CultureInfo.InvariantCulture, $"""
        Content-Type: application/json
        User-Agent: ATStatus-Webhook/1.0
        Content-Length: {bodyLength}
        """);

    /// <summary>What somebody can do about an answer of the service; null where it means what it means anywhere.</summary>
    /// <param name="status">The answer's status, outside 2xx.</param>
    /// <param name="body">The beginning of its body.</param>
    public virtual string? AdviceFor(int status, string? body) => null;
}

/// <summary>The types there are, in the order the form offers them; the first is the default.</summary>
public static class NotificationTypes
{
    /// <summary>Every type: one for each sender that <see cref="DeliverySenders"/> lists.</summary>
    public static IReadOnlyList<NotificationType> All { get; } = Gather();

    /// <summary>The type of a stored kind; null for one this version does not know.</summary>
    public static NotificationType? Find(string kind) => All.FirstOrDefault(type => type.Kind == kind);

    /// <summary>What people call a kind; an unknown one is shown as it is stored.</summary>
    public static string LabelOf(string kind) => Find(kind)?.Label ?? kind;

    private static NotificationType[] Gather()
    {
        var found = typeof(NotificationTypes).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(NotificationType)) && !type.IsAbstract)
            .Select(type => (NotificationType)Activator.CreateInstance(type)!)
            .ToDictionary(type => type.Kind, StringComparer.Ordinal);
        return [.. DeliverySenders.All.Select(kind => found[kind.Name])];
    }
}
