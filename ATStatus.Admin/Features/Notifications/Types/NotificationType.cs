using ATStatus.Admin.Features.Notifications.Types.Webhook;
using ATStatus.Core.Deliveries;

namespace ATStatus.Admin.Features.Notifications.Types;

/// <summary>
/// A type of notification as the console shows it. A type is one folder beside this file; <see cref="NotificationTypes"/>
/// is the only place that lists it. What is sent is the business of the <c>IDeliverySender</c> of the same kind.
/// </summary>
/// <param name="Kind">The name its sender and the database know it by: <c>webhook</c>.</param>
/// <param name="Label">What people call it.</param>
/// <param name="Icon">A MudBlazor icon.</param>
/// <param name="Description">One sentence for whoever chooses.</param>
/// <param name="FieldsComponent">Its own fields: a component derived from <see cref="NotificationFields"/>.</param>
/// <param name="PlannedHeaders">
/// The request's headers as far as they are known before the first attempt, one <c>Name: value</c> a line.
/// </param>
public sealed record NotificationType(
    string Kind, string Label, string Icon, string Description, Type FieldsComponent, Func<DeliveryDetail, string> PlannedHeaders);

/// <summary>The types there are, in the order the form offers them; the first is the default.</summary>
public static class NotificationTypes
{
    /// <summary>Every type.</summary>
    public static IReadOnlyList<NotificationType> All { get; } = [WebhookType.Type];

    /// <summary>The type of a stored kind; null for one this version does not know.</summary>
    public static NotificationType? Find(string kind) => All.FirstOrDefault(type => type.Kind == kind);

    /// <summary>What people call a kind; an unknown one is shown as it is stored.</summary>
    public static string LabelOf(string kind) => Find(kind)?.Label ?? kind;
}
