using ATStatus.Core.Notifications;

namespace ATStatus.Admin.Features.Notifications.Transfer;

/// <summary>A notification of a file while somebody looks at it and adds what no file carries.</summary>
public sealed class ImportDraft(NotificationEntry entry)
{
    /// <summary>What the file says.</summary>
    public NotificationEntry Entry { get; } = entry;

    public string? Url { get; set; }

    public string? Secret { get; set; }

    /// <summary>The added headers' values, in the order of their names.</summary>
    public string?[] HeaderValues { get; } = new string?[entry.Headers?.Count ?? 0];

    /// <summary>What is wrong with it, by the fields of a notification's form.</summary>
    public Dictionary<string, string> Errors { get; set; } = [];

    /// <summary>Whether anything was typed.</summary>
    public bool IsTouched => !string.IsNullOrEmpty(Url) || !string.IsNullOrEmpty(Secret) || HeaderValues.Any(value => !string.IsNullOrEmpty(value));

    /// <summary>Whether a field of its own stands here for what an error is about; the others can only be mended in the file.</summary>
    public bool HasField(string field) =>
        (field == nameof(NotificationInput.Url) && Entry.NeedsUrl) || (field == nameof(NotificationInput.Secret) && Entry.Signed)
        || Enumerable.Range(0, HeaderValues.Length).Any(i => field == NotificationService.HeaderField(i, "Value"));

    public ImportEntry ToEntry() => new(Entry, Url, Secret, HeaderValues);
}
