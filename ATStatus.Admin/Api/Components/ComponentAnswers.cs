using ATStatus.Admin.Api.Bodies;
using ATStatus.Core.Events;
using ATStatus.Core.StatusPages;

namespace ATStatus.Admin.Api.Components;

/// <summary>A component.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Description">What it is; empty where nobody said.</param>
/// <param name="StatusPageId">The page it is on.</param>
/// <param name="Status">Its status now.</param>
/// <param name="GroupId">The group it stands in; null for none.</param>
/// <param name="IsVisible">Whether its page shows it.</param>
/// <param name="UptimePercent">Over the last 90 days, or its life.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="UpdatedAt">When it was last changed.</param>
/// <param name="Version">What <c>If-Match</c> takes.</param>
public sealed record ComponentAnswer(
    int Id, string Name, string Description, int StatusPageId, [property: Words(typeof(ComponentStatus))] string Status, int? GroupId, bool IsVisible,
    decimal UptimePercent, [property: Instant] string CreatedAt, [property: Instant] string UpdatedAt, int Version)
{
    internal static ComponentAnswer Of(ComponentRow component) => new(
        component.Id, component.Name, component.Description, component.StatusPageId, component.Status.WireName(), component.GroupId, component.IsVisible,
        component.UptimePercent, Times.Text(component.CreatedAt), Times.Text(component.UpdatedAt), component.Version);
}

/// <summary>What is sent to add or change a component. A PATCH keeps what is left out.</summary>
public sealed record ComponentBody : WriteBody
{
    /// <summary>Its name. Required when it is added.</summary>
    public Optional<string?> Name { get; init; }

    /// <summary>What it is.</summary>
    public Optional<string?> Description { get; init; }

    /// <summary>The page it is on. Required when it is added; a component stays on its page.</summary>
    public Optional<int?> StatusPageId { get; init; }

    /// <summary>Its status from now on; operational where left out when it is added.</summary>
    [Words(typeof(ComponentStatus))]
    public Optional<string?> Status { get; init; }

    /// <summary>The group it stands in, at its end: one of its page, which is not archived; null for none.</summary>
    public Optional<int?> GroupId { get; init; }

    /// <summary>Whether its page shows it; it does unless said.</summary>
    public Optional<bool?> IsVisible { get; init; }

    /// <summary>Record the events, but send them to no one.</summary>
    public Optional<bool?> DoNotNotify { get; init; }

    /// <inheritdoc/>
    protected override Type AnswerType => typeof(ComponentAnswer);
}

/// <summary>A component's new status.</summary>
public sealed record ComponentStatusBody : WriteBody
{
    /// <summary>Its status from now on. Required.</summary>
    [Words(typeof(ComponentStatus))]
    public string? Status { get; init; }

    /// <summary>Record the event, but send it to no one.</summary>
    public bool? DoNotNotify { get; init; }
}

/// <summary>A heading under which components stand together.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="StatusPageId">The page it is on.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When it was last renamed.</param>
/// <param name="Version">How often it was changed.</param>
public sealed record ComponentGroupAnswer(
    int Id, string Name, int StatusPageId, [property: Instant] string CreatedAt, [property: Instant] string UpdatedAt, int Version)
{
    internal static ComponentGroupAnswer Of(ComponentGroupRow group) =>
        new(group.Id, group.Name, group.StatusPageId, Times.Text(group.CreatedAt), Times.Text(group.UpdatedAt), group.Version);
}

/// <summary>What is sent to make a group.</summary>
public sealed record ComponentGroupBody : WriteBody
{
    /// <summary>Its name. Required.</summary>
    public string? Name { get; init; }

    /// <summary>The page it is on. Required.</summary>
    public int? StatusPageId { get; init; }

    /// <inheritdoc/>
    protected override Type AnswerType => typeof(ComponentGroupAnswer);
}
