using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Notifications;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using MudBlazor;

namespace ATStatus.Admin.Features.Notifications.Transfer;

/// <summary>Reads a file of notifications, shows what it would add and asks for what no file carries, or its names do not say here. What is complete is
/// added; what is not stays here, to be completed or left out.</summary>
public sealed partial class ImportPage
{
    private const string FileField = "File";

    private List<ImportDraft>? _drafts;
    private ImportOffers _offers = ImportOffers.None;
    private IReadOnlySet<string> _taken = new HashSet<string>();
    private Dictionary<string, string>? _errors;
    private UnsavedChangesGuard? _guard;
    private string? _fileProblem;
    private string? _problem;
    private bool _importing;

    /// <summary>How many of the file have been imported, while others stay here.</summary>
    private int _imported;

    [Inject]
    private Permitted<NotificationTransfer> Transfer { get; set; } = default!;

    [Inject]
    private NotificationQueries Notifications { get; set; } = default!;

    [Inject]
    private StatusPageQueries StatusPages { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = default!;

    [Inject]
    private Announcer Announcer { get; set; } = default!;

    [Inject]
    private ILogger<ImportPage> Logger { get; set; } = default!;

    private async Task ReadAsync(InputFileChangeEventArgs chosen)
    {
        (_drafts, _fileProblem, _problem, _errors, _imported) = (null, null, null, null, 0);
        try
        {
            if (chosen.File.Size > NotificationFile.MaxLength)
            {
                _fileProblem = $"The file is larger than {NotificationFile.MaxLength / 1024} KiB.";
                return;
            }
            using var file = new MemoryStream();
            await using (var stream = chosen.File.OpenReadStream(NotificationFile.MaxLength))
                await stream.CopyToAsync(file);
            List<ImportDraft> drafts = [.. NotificationFile.Read(file.ToArray()).Select(entry => new ImportDraft(entry))];
            _taken = await Transfer.Demand().TakenNamesAsync();
            var errors = await Transfer.Demand().CheckAsync([.. drafts.Select(draft => draft.ToEntry())]);
            _offers = await OffersAsync(drafts);
            foreach (var (draft, found) in drafts.Zip(errors))
                draft.Take(found, _offers, tried: false);
            _drafts = drafts;
            Announcer.Say(drafts.Count == 1 ? "The file has one notification" : $"The file has {drafts.Count} notifications");
        }
        catch (InvalidInputException invalid)
        {
            _fileProblem = invalid.Message;
        }
        catch (Exception e)
        {
            Logger.LogPageFault(e, "read a file of notifications");
            _fileProblem = PageFaults.DisplayText;
        }
    }

    private async Task ImportAsync()
    {
        if (_importing || _drafts is not { } drafts)
            return;
        (_importing, _problem, _errors) = (true, null, null);
        var leaving = false;
        try
        {
            List<ImportDraft> wanted = [.. drafts.Where(draft => !draft.IsLeftOut)];
            if (wanted.Count == 0)
            {
                _problem = "Every notification of the file is left out.";
                return;
            }
            var (count, errors) = await Transfer.Demand().ImportAsync([.. wanted.Select(draft => draft.ToEntry())]);
            _imported += count;
            if (errors.Any(found => found.Count > 0))
            {
                _offers = await OffersAsync(wanted);
                Keep(drafts, wanted, errors);
                if (count > 0)
                    Announcer.Say(SectionText);
                return;
            }
            count = _imported;
            _guard?.Release();
            Snackbar.Add(count == 1 ? "One notification was imported, switched off" : $"{count} notifications were imported, switched off", Severity.Success);
            leaving = true;
            Navigation.NavigateTo("admin/notifications", replace: true);
        }
        catch (ProblemException problem)
        {
            _problem = problem.Message;
        }
        catch (Exception e)
        {
            Logger.LogPageFault(e, "import notifications");
            _problem = PageFaults.DisplayText;
        }
        finally
        {
            _importing = leaving;
        }
    }

    private string SectionTitle => (_imported, _drafts!.Count) switch
    {
        (0, 1) => "One notification",
        (0, var count) => $"{count} notifications",
        (_, 1) => "One notification is left",
        (_, var count) => $"{count} notifications are left",
    };

    private string SectionText => _imported == 0
        ? "They are added switched off. One whose secret you leave out cannot be switched on before it has one."
        : (_imported == 1 ? "One was" : $"{_imported} were") + " imported, switched off. Complete what is left and import it too, or leave this page without it.";

    private string SubmitText => _drafts!.Count(draft => !draft.IsLeftOut) switch
    {
        1 when _drafts!.Count == 1 => "Import it",
        1 => "Import one notification",
        var count => $"Import {count} notifications",
    };

    private async Task<ImportOffers> OffersAsync(IEnumerable<ImportDraft> wanted) => new(
        await StatusPages.PagesAsync(archived: true), await StatusPages.ChoicesAsync(), await StatusPages.GroupChoicesAsync(), await Notifications.NamesAsync(),
        wanted.Select(draft => draft.Entry.Name?.Trim() ?? "").ToLookup(name => name));

    /// <summary>Keeps what could not be imported, with what is missing or wrong, and what is left out.</summary>
    private void Keep(List<ImportDraft> drafts, List<ImportDraft> wanted, IReadOnlyList<IReadOnlyDictionary<string, string>> errors)
    {
        foreach (var (draft, found) in wanted.Zip(errors))
            draft.Take(found, _offers, tried: true);
        drafts.RemoveAll(draft => draft is { IsLeftOut: false, Errors.Count: 0 });
        _errors = [];
        for (var i = 0; i < drafts.Count; i++)
        {
            if (drafts[i].IsLeftOut)
                continue;
            foreach (var (field, message) in drafts[i].Errors)
                _errors[NotificationTransfer.FieldOf(i, drafts[i].HasField(field) ? field : ImportLine.Head)] = $"{drafts[i].Entry.Name}: {message}";
        }
    }

    private void Edited((int Entry, string? Field) edited)
    {
        if (edited.Field is { } field)
        {
            _errors?.Remove(NotificationTransfer.FieldOf(edited.Entry, field));
            return;
        }
        // Left out it has no errors; taken back in, the next try finds them again.
        var prefix = NotificationTransfer.FieldOf(edited.Entry, "");
        _errors = _errors?.Where(error => !error.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary();
    }
}
