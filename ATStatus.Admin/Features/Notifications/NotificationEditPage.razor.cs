using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Features.Notifications.Types;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Events;
using ATStatus.Core.Notifications;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using ATStatus.Core.TestReceiver;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace ATStatus.Admin.Features.Notifications;

/// <summary>Adds or edits a notification, and sends tests with what is typed.</summary>
public sealed partial class NotificationEditPage
{
    /// <summary>The value of <c>?receiver=</c> with which the form begins with the test receiver's URL.</summary>
    public const string BuiltInReceiver = "built-in";

    private static readonly Choice<string>[] TypeChoices =
        [.. NotificationTypes.All.Select(type => new Choice<string>(type.Kind, type.Label, Icon: type.Icon))];

    private NotificationDetail? _saved;
    private NotificationDetail? _original;
    private NotificationDraft? _draft;
    private NotificationDraft? _before;
    private NotificationType? _type;
    private SubscriptionOffers _offers = new([], [], []);
    private IReadOnlyList<NotificationChoice> _others = [];
    private Dictionary<string, string>? _errors;
    private readonly Dictionary<string, IReadOnlyList<string>> _judged = [];
    private UnsavedChangesGuard? _guard;
    private TestRun? _test;
    private EventType _testEvent = EventType.IncidentCreated;
    private string? _loadProblem;
    private string? _saveProblem;
    private (int? Id, int? From)? _loaded;
    private bool _missing;
    private bool _conflict;
    private bool _saving;

    /// <summary>The notification; null to add one.</summary>
    [Parameter]
    public int? Id { get; set; }

    [SupplyParameterFromQuery(Name = "receiver")]
    public string? Receiver { get; set; }

    /// <summary>For a new one: the notification that it begins as a copy of.</summary>
    [SupplyParameterFromQuery(Name = "from")]
    public int? From { get; set; }

    [Inject]
    private NotificationQueries Queries { get; set; } = default!;

    [Inject]
    private Permitted<NotificationService> Notifications { get; set; } = default!;

    [Inject]
    private StatusPageQueries Pages { get; set; } = default!;

    [Inject]
    private Permitted<TestSendService> Tests { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = default!;

    [Inject]
    private Announcer Announcer { get; set; } = default!;

    [Inject]
    private ILogger<NotificationEditPage> Logger { get; set; } = default!;

    private string CopyText => $"A copy of {_original!.Name}. It does not exist before it is saved." + (_original switch
    {
        { HasSecret: true, HeaderNames.Count: > 0 } => " Its secret and the values of its headers are not copied: enter new ones.",
        { HasSecret: true } => " Its secret is not copied: enter or generate a new one.",
        { HeaderNames.Count: > 0 } => " The values of its headers are not copied: enter them.",
        _ => "",
    });

    private Dictionary<string, object> FieldParameters => new()
    {
        [nameof(NotificationFields.Draft)] = _draft!,
        [nameof(NotificationFields.Errors)] = _errors!,
        [nameof(NotificationFields.Edited)] = EventCallback.Factory.Create<string>(this, Edited),
    };

    /// <inheritdoc />
    protected override Task OnParametersSetAsync()
    {
        if (_loaded == (Id, From))
            return Task.CompletedTask;
        _loaded = (Id, From);
        return LoadAsync();
    }

    private async Task LoadAsync()
    {
        (_loadProblem, _saveProblem, _conflict, _missing, _errors, _test, _draft) = (null, null, false, false, null, null, null);
        try
        {
            _offers = new SubscriptionOffers(await Pages.PagesAsync(), await Pages.ChoicesAsync(), await Pages.GroupChoicesAsync());
            _others = [.. (await Queries.NamesAsync()).Where(other => other.Id != Id)];
            _saved = Id is { } id ? await Queries.FindAsync(id) : null;
            _original = Id is null && From is { } from ? await Queries.FindAsync(from) : null;
        }
        catch (Exception e)
        {
            Logger.LogPageFault(e, "load a notification");
            _loadProblem = PageFaults.DisplayText;
            return;
        }
        _missing = (Id is not null && _saved is null) || (Id is null && From is not null && _original is null);
        if (_missing)
            return;
        (_draft, _before) = (NewDraft(), NewDraft());
        if (_saved is null && Receiver == BuiltInReceiver)
            _draft.Url = _before.Url = TestReceiverEndpoint.Url;
        _type = NotificationTypes.Find(_draft.Kind);
        if (_saved is { Url: null })
        {
            _errors = new()
            {
                [nameof(NotificationDraft.Url)] = "The stored URL cannot be decrypted with the keys in this database. Enter it again, and the secret too.",
            };
        }
    }

    private NotificationDraft NewDraft() =>
        _saved is not null ? NotificationDraft.Of(_saved) : _original is not null ? NotificationDraft.CopyOf(_original) : new();

    private async Task SaveAsync()
    {
        if (_saving || _draft is null)
            return;
        (_saving, _saveProblem, _conflict, _errors) = (true, null, false, null);
        var leaving = false;
        try
        {
            if (_saved is null)
                await Notifications.Demand().CreateAsync(_draft.ToInput());
            else
                await Notifications.Demand().UpdateAsync(_saved.Id, _saved.Version, _draft.ToInput());
            _guard?.Release();
            Snackbar.Add("Saved", Severity.Success);
            // The second click of a double click finds the form still saving, so that it makes no second notification.
            leaving = true;
            Navigation.NavigateTo("admin/notifications", replace: true);
        }
        catch (InvalidInputException invalid)
        {
            _errors = new(invalid.Errors);
            Judged(invalid);
        }
        catch (ProblemException problem)
        {
            _saveProblem = problem.Message;
            _conflict = problem is EditConflictException;
        }
        catch (Exception e)
        {
            Logger.LogPageFault(e, "save a notification");
            _saveProblem = PageFaults.DisplayText;
        }
        finally
        {
            _saving = leaving;
        }
    }

    // A switch is a write of its own: the save that follows must know its version, and what is typed stays.
    private async Task SwitchedAsync()
    {
        if (_saved is { } saved && await Queries.FindAsync(saved.Id) is { } found)
            _saved = saved with { Enabled = found.Enabled, Version = Next(saved, found) };
    }

    // Only this switch may have come in between; a version further on holds somebody else's change, and the save must say so.
    private static int Next(NotificationDetail saved, NotificationDetail found) =>
        found.Version == saved.Version + 1 ? found.Version : saved.Version;

    private async Task TestAsync()
    {
        if (_test?.IsRunning == true || _draft is null)
            return;
        _test = new TestRun(_testEvent);
        var test = _draft.ToTest(_saved?.Id, _testEvent);
        try
        {
            _test = await _test.FinishAsync(() => Tests.Demand().SendAsync(test), Announcer, Logger);
        }
        catch (InvalidInputException invalid)
        {
            // Beside the fields it belongs to as well; what else a save had found stays.
            _errors = new(invalid.Errors.Concat(_errors ?? []).DistinctBy(error => error.Key));
            Judged(invalid);
            _test = _test with { Problem = invalid.Message };
            Announcer.Say(_test.DisplayText);
        }
    }

    private void ChooseType(string? kind)
    {
        if (kind is null || NotificationTypes.Find(kind) is not { } type)
            return;
        (_draft!.Kind, _type) = (kind, type);
        _draft.SuggestEvents(type.IsService);
        Edited(nameof(NotificationDraft.Kind));
    }

    private void NameEdited() => Edited(nameof(NotificationDraft.Name));

    // A message is about what was typed then. The same dictionary, so that the summary shortens without taking the focus.
    private void Edited(string field)
    {
        foreach (var other in _judged.Where(judged => judged.Value.Contains(field)).Select(judged => judged.Key).Append(field))
            _errors?.Remove(other);
    }

    private void Judged(InvalidInputException invalid)
    {
        foreach (var field in invalid.Errors.Keys)
            _judged[field] = invalid.Judged.GetValueOrDefault(field) ?? [];
    }

    private string? ErrorOf(string field) => _errors?.GetValueOrDefault(field);
}
