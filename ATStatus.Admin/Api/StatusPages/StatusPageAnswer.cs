using ATStatus.Admin.Api.Bodies;
using ATStatus.Core.Events;
using ATStatus.Core.StatusPages;

namespace ATStatus.Admin.Api.StatusPages;

/// <summary>A status page.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Slug">Its short name in addresses.</param>
/// <param name="Description">What it is about; empty where nobody said.</param>
/// <param name="TimeZone">The IANA time zone of its maintenance and its days.</param>
/// <param name="PublicUrl">Where the public reads it; null where nobody said.</param>
/// <param name="IsArchived">It is put away: nothing new is made on it.</param>
/// <param name="Status">The worst status of its components.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When it was last changed.</param>
/// <param name="Version">What <c>If-Match</c> takes.</param>
public sealed record StatusPageAnswer(
    int Id, string Name, string Slug, string Description, string TimeZone, string? PublicUrl, bool IsArchived,
    [property: Words(typeof(ComponentStatus))] string Status, [property: Instant] string CreatedAt, [property: Instant] string UpdatedAt, int Version)
{
    internal static StatusPageAnswer Of(StatusPageRow page) => new(
        page.Id, page.Name, page.Slug, page.Description, page.TimeZone, page.PublicUrl, page.ArchivedAt is not null, page.Worst.WireName(),
        Times.Text(page.CreatedAt), Times.Text(page.UpdatedAt), page.Version);
}

/// <summary>What is sent to make or change a status page. A PATCH keeps what is left out.</summary>
public sealed record StatusPageBody : WriteBody
{
    /// <summary>Its name. Required when it is made.</summary>
    public Optional<string?> Name { get; init; }

    /// <summary>Its short name: lower-case letters, digits and single hyphens. When it is made, suggested by the name where left out.</summary>
    public Optional<string?> Slug { get; init; }

    /// <summary>What it is about.</summary>
    public Optional<string?> Description { get; init; }

    /// <summary>An IANA time zone, like Europe/Berlin; UTC where left out.</summary>
    public Optional<string?> TimeZone { get; init; }

    /// <summary>Where the public reads it; null for nowhere.</summary>
    public Optional<string?> PublicUrl { get; init; }

    /// <summary>Whether it is put away.</summary>
    public Optional<bool?> IsArchived { get; init; }

    /// <summary>With another time zone: recurring maintenance that has not started moves to it.</summary>
    public Optional<bool?> MoveSeries { get; init; }

    /// <inheritdoc/>
    protected override Type AnswerType => typeof(StatusPageAnswer);
}
