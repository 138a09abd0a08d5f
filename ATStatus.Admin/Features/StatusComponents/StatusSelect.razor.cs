using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Events;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.JSInterop;

namespace ATStatus.Admin.Features.StatusComponents;

/// <summary>
/// A component's status, wherever the component is shown. Choosing another publishes nothing: the row then says what is published at
/// present and how many notifications will be sent the change, and offers to publish or to discard it.
/// </summary>
public sealed partial class StatusSelect
{
    private ComponentRow? _countedRow;
    private bool _countedDoNotNotify;
    private int? _count;
    private bool _countFailed;
    private int _asked;
    private bool _publishing;
    private bool _focus;

    [Parameter, EditorRequired]
    public ComponentRow Row { get; set; } = default!;

    /// <summary>Where the page keeps what is chosen.</summary>
    [Parameter, EditorRequired]
    public StatusDrafts Drafts { get; set; } = default!;

    /// <summary>The id of the element that names the component.</summary>
    [Parameter]
    public string? DescribedBy { get; set; }

    /// <summary>Statuses published here are recorded, and no notifications are sent.</summary>
    [Parameter]
    public bool DoNotNotify { get; set; }

    /// <summary>The status was published, or could not be: what is shown should be read again.</summary>
    [Parameter]
    public EventCallback OnSet { get; set; }

    [Inject]
    private Permitted<ComponentService> Service { get; set; } = default!;

    [Inject]
    private IJSRuntime Browser { get; set; } = default!;

    private ComponentStatus? Chosen => Drafts.Find(Row.Id);

    private ComponentStatus Shown => Chosen ?? Row.Status;

    private string SelectId => $"status-{Row.Id}";

    private string PendingId => $"pending-{Row.Id}";

    // Listened to only while there is something to discard: each key would be a message to the server.
    private EventCallback<KeyboardEventArgs> Keys =>
        Chosen is null ? default : EventCallback.Factory.Create<KeyboardEventArgs>(this, KeyPressed);

    private string CountText => (DoNotNotify, _count) switch
    {
        (true, _) => "No notifications will be sent: “Do not notify” is on.",
        (_, 0) => "No notifications will be sent.",
        (_, 1) => "1 notification will be sent.",
        (_, { } count) => $"{count} notifications will be sent.",
        _ => _countFailed ? "The notifications could not be counted." : "Counting notifications…",
    };

    /// <inheritdoc />
    protected override async Task OnParametersSetAsync()
    {
        if (Chosen is null)
            return;
        if (Chosen == Row.Status && !_publishing)
        {
            // Somebody else was quicker, and published the same.
            Drafts.Discard(Row.Id);
            Announcer.Say($"{Row.Name} is {Row.Status.Label()} already");
            return;
        }
        // A row that was read again, even if it is the same: who is notified may be others by now.
        if (!ReferenceEquals(_countedRow, Row) || _countedDoNotNotify != DoNotNotify)
            await CountAsync();
    }

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        // The button that had the focus is gone.
        if (!_focus)
            return;
        _focus = false;
        await Browser.InvokeVoidAsync("atstatus.refocus", SelectId);
    }

    private async Task ChooseAsync(ComponentStatus status)
    {
        _count = null;
        if (status == Row.Status)
        {
            Drafts.Discard(Row.Id);
            return;
        }
        Drafts.Choose(Row.Id, status);
        if (await CountAsync())
            Announcer.Say($"{Row.Name}: {status.Label()} is not published yet. {CountText}");
    }

    /// <summary>Asks the very code that saves; false where another choice has made the question needless.</summary>
    private async Task<bool> CountAsync()
    {
        var asked = ++_asked;
        if (Chosen is not { } status)
            return false;
        (_countedRow, _countedDoNotNotify) = (Row, DoNotNotify);
        int? count = null;
        try
        {
            var planned = await Service.Demand().PreviewStatusAsync(Row.Id, status, DoNotNotify);
            count = planned.SelectMany(e => e.Recipients).Where(r => r.SkipReason is null).DistinctBy(r => r.NotificationId).Count();
        }
        catch (ProblemException)
        {
            // It was deleted; the page is about to say so.
        }
        catch (Exception e)
        {
            Logger.LogPageFault(e, "count the notifications of a status");
        }
        if (asked != _asked)
            return false;
        (_count, _countFailed) = (count, count is null);
        return Chosen == status;
    }

    private async Task PublishAsync()
    {
        if (_publishing || Chosen is not { } status)
            return;
        _publishing = true;
        var doNotNotify = DoNotNotify;
        try
        {
            await Service.Demand().SetStatusAsync(Row.Id, status, doNotNotify);
            // Another may have been chosen meanwhile.
            if (Chosen == status)
                Drafts.Discard(Row.Id);
            _focus = true;
            Announcer.Say("");
            ShowSaved($"Saved. {Row.Name}: {status.Label()}{(doNotNotify ? ". No notifications were sent" : null)}");
        }
        catch (ProblemException e)
        {
            ShowProblem(e.Message);
        }
        catch (Exception e)
        {
            Logger.LogPageFault(e, "publish a status");
            ShowProblem(PageFaults.DisplayText);
        }
        finally
        {
            _publishing = false;
        }
        await OnSet.InvokeAsync();
    }

    private void Discard()
    {
        Drafts.Discard(Row.Id);
        (_count, _focus) = (null, true);
        Announcer.Say($"{Row.Name} stays {Row.Status.Label()}");
    }

    private void KeyPressed(KeyboardEventArgs key)
    {
        if (key.Key == "Escape" && !_publishing && Chosen is not null)
            Discard();
    }
}
