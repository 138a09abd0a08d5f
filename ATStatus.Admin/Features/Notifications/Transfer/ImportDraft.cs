using ATStatus.Core.Model;
using ATStatus.Core.Notifications;

namespace ATStatus.Admin.Features.Notifications.Transfer;

/// <summary>
/// A notification of a file while somebody looks at it, adds what no file carries and chooses what its names do not say here.
/// </summary>
public sealed class ImportDraft(NotificationEntry entry)
{
    private readonly HashSet<string> _offered = [];
    private readonly HashSet<string> _chosen = [];

    /// <summary>What the file says.</summary>
    public NotificationEntry Entry { get; } = entry;

    /// <summary>It stays out of the import.</summary>
    public bool IsLeftOut { get; set; }

    public string? Url { get; set; }

    public string? Secret { get; set; }

    /// <summary>The added headers' values, in the order of their names.</summary>
    public string?[] HeaderValues { get; } = new string?[entry.Headers?.Count ?? 0];

    /// <summary>The pages to choose in the place of those the file names; at first those of them that there are.</summary>
    public IReadOnlyCollection<int> StatusPageIds { get; set; } = [];

    /// <summary>The components to choose in the place of those the file names; at first those of them that there are, once.</summary>
    public IReadOnlyCollection<int> ComponentIds { get; set; } = [];

    /// <summary>The groups to choose in the place of those the file names; at first those of them that there are, once.</summary>
    public IReadOnlyCollection<int> GroupIds { get; set; } = [];

    /// <summary>The notification to alert in the place of the one the file names; <see cref="ImportOffers.NoAlert"/> for none.</summary>
    public int? AlertNotificationId { get; set; }

    /// <summary>What is wrong with it, by the fields of a notification's form.</summary>
    public Dictionary<string, string> Errors { get; private set; } = [];

    /// <summary>Whether anything was typed or chosen.</summary>
    public bool IsTouched =>
        IsLeftOut || _chosen.Count > 0 || !string.IsNullOrEmpty(Url) || !string.IsNullOrEmpty(Secret)
        || HeaderValues.Any(value => !string.IsNullOrEmpty(value));

    /// <summary>Whether the file's names are wrong for a field, so that it is chosen here.</summary>
    public bool Offers(string field) => _offered.Contains(field);

    /// <summary>Whether a person has chosen for a field: from then on that holds, and no name of the file.</summary>
    public bool HasChosen(string field) => _chosen.Contains(field);

    /// <summary>Whether a field of its own stands here for what an error is about; the others can only be mended in the file.</summary>
    public bool HasField(string field) =>
        (field == nameof(TransportInput.Url) && Entry.NeedsUrl) || (field == nameof(TransportInput.Secret) && Entry.Signed)
        || Offers(field) || Enumerable.Range(0, HeaderValues.Length).Any(i => field == TransportInput.HeaderField(i, "Value"));

    /// <summary>Takes what a check found. Where names of the file are wrong, a choice is offered from then on.</summary>
    /// <param name="errors">What is wrong, by the fields of a notification's form.</param>
    /// <param name="offers">What there is to choose from.</param>
    /// <param name="tried">Whether somebody tried to import it: before, what is not typed yet is asked for, not wrong.</param>
    public void Take(IReadOnlyDictionary<string, string> errors, ImportOffers offers, bool tried)
    {
        Errors = errors.Where(error => tried || !HasField(error.Key)).ToDictionary();
        if (errors.ContainsKey(nameof(Subscription.StatusPageIds)) && _offered.Add(nameof(Subscription.StatusPageIds)))
            StatusPageIds = offers.PagesOf(Entry);
        if (errors.ContainsKey(nameof(Subscription.ComponentIds)) && _offered.Add(nameof(Subscription.ComponentIds)))
            ComponentIds = offers.ComponentsOf(Entry);
        if (errors.ContainsKey(nameof(Subscription.GroupIds)) && _offered.Add(nameof(Subscription.GroupIds)))
            GroupIds = offers.GroupsOf(Entry);
        if (errors.ContainsKey(nameof(Subscription.AlertNotificationId)) && offers.CanChooseAlert(Entry.Alert))
            _offered.Add(nameof(Subscription.AlertNotificationId));
    }

    /// <summary>A person has chosen for a field.</summary>
    public void Choose(string field)
    {
        _chosen.Add(field);
        Errors.Remove(field);
    }

    public ImportEntry ToEntry() => new(Entry, Url, Secret, HeaderValues)
    {
        Choices = _chosen.Count == 0 ? null : new ImportChoices
        {
            StatusPageIds = HasChosen(nameof(Subscription.StatusPageIds)) ? StatusPageIds : null,
            ComponentIds = HasChosen(nameof(Subscription.ComponentIds)) ? ComponentIds : null,
            GroupIds = HasChosen(nameof(Subscription.GroupIds)) ? GroupIds : null,
            ChoosesAlert = HasChosen(nameof(Subscription.AlertNotificationId)),
            AlertNotificationId = AlertNotificationId == ImportOffers.NoAlert ? null : AlertNotificationId,
        },
    };
}
