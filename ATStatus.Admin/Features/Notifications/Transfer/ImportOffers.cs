using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Features.Pickers;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.StatusPages;

namespace ATStatus.Admin.Features.Notifications.Transfer;

/// <summary>What there is in this console to choose from where a file's names do not say it.</summary>
/// <param name="Pages">The pages.</param>
/// <param name="Components">The components of pages in use.</param>
/// <param name="Groups">The groups of pages in use.</param>
/// <param name="Notifications">The notifications.</param>
/// <param name="NamesInFile">The names of what is to be imported.</param>
public sealed record ImportOffers(
    IReadOnlyList<StatusPageRow> Pages, IReadOnlyList<ComponentChoice> Components, IReadOnlyList<GroupChoice> Groups,
    IReadOnlyList<NotificationChoice> Notifications, ILookup<string, string> NamesInFile)
{
    /// <summary>Stands for alerting none, which is a choice as well.</summary>
    public const int NoAlert = 0;

    /// <summary>Nothing is read yet.</summary>
    public static ImportOffers None { get; } = new([], [], [], [], Array.Empty<string>().ToLookup(name => name));

    /// <summary>The pages to choose from.</summary>
    public IReadOnlyList<PickerOption> PageOptions { get; } = NamedChoices.PageOptions(Pages);

    /// <summary>The notifications to alert, beside none.</summary>
    public IReadOnlyList<Choice<int?>> AlertChoices { get; } =
    [
        new(NoAlert, "No one"), .. NamedChoices.Notifications(Notifications).Select(one => new Choice<int?>(one.Key, one.Value)),
    ];

    /// <summary>The pages of this console that an entry names.</summary>
    public IReadOnlyCollection<int> PagesOf(NotificationEntry entry) =>
        [.. Pages.Where(page => entry.StatusPages?.Contains(page.Slug) == true).Select(page => page.Id)];

    /// <summary>The components of this console that an entry names and that only one is named so.</summary>
    public IReadOnlyCollection<int> ComponentsOf(NotificationEntry entry) =>
        Named(entry.Components, Components, component => new(component.StatusPageSlug, component.Name), component => component.Id);

    /// <summary>The groups of this console that an entry names and that only one is named so.</summary>
    public IReadOnlyCollection<int> GroupsOf(NotificationEntry entry) =>
        Named(entry.Groups, Groups, group => new(group.StatusPageSlug, group.Name), group => group.Id);

    /// <summary>The components to choose from for a draft: those on its pages.</summary>
    public IReadOnlyList<PickerOption> ComponentOptionsFor(ImportDraft draft)
    {
        var isOnPages = PagesFor(draft);
        return NamedChoices.Components([.. Components.Where(component => isOnPages(component.StatusPageId))]);
    }

    /// <summary>The groups to choose from for a draft: those on its pages.</summary>
    public IReadOnlyList<PickerOption> GroupOptionsFor(ImportDraft draft)
    {
        var isOnPages = PagesFor(draft);
        return NamedChoices.Groups([.. Groups.Where(group => isOnPages(group.StatusPageId))]);
    }

    private Func<int, bool> PagesFor(ImportDraft draft)
    {
        var pages = draft.HasChosen(nameof(Subscription.StatusPageIds)) ? draft.StatusPageIds : PagesOf(draft.Entry);
        return draft.Entry.StatusPages is null ? _ => true : pages.Contains;
    }

    private static List<int> Named<T>(IReadOnlyList<ComponentEntry>? names, IReadOnlyList<T> all, Func<T, ComponentEntry> nameOf, Func<T, int> idOf) =>
        [.. all.GroupBy(nameOf).Where(named => named.Count() == 1 && names?.Contains(named.Key) == true).Select(named => idOf(named.First()))];

    /// <summary>A name that stands once in the file means that entry: it only has to be imported as well.</summary>
    public bool CanChooseAlert(string? name) => NamesInFile[name?.Trim() ?? ""].Count() != 1;
}
