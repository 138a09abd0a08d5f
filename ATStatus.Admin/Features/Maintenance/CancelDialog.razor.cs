using System.Globalization;
using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Events;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Maintenance;

/// <summary>Asks how a window that has not started is to be called off, and does it.</summary>
public sealed partial class CancelDialog
{
    private FormDialog? _dialog;
    private FormSubmission _form = default!;
    private MaintenanceRow? _window;
    private string _what = "";
    private string? _note;
    private bool _keeps;
    private int? _subscribers;

    /// <summary>The window was called off.</summary>
    [Parameter]
    public EventCallback<MaintenanceRow> OnCancelled { get; set; }

    /// <summary>Somebody else, or the clock, was quicker, and the person wants to see it.</summary>
    [Parameter]
    public EventCallback OnLoadAgain { get; set; }

    [Inject]
    private Permitted<MaintenanceService> Service { get; set; } = default!;

    [Inject]
    private MaintenanceQueries Queries { get; set; } = default!;

    private bool IsDirty => !string.IsNullOrWhiteSpace(_note);

    private string Consequence => (_window?.Rule, _window?.SeriesDoesNotNotify) switch
    {
        (not null, true) => "It will not start, and the next one of its series is planned. No window of this series notifies: the event is recorded only.",
        (null, true) => "It will not start. No window of this series notifies: the event is recorded only.",
        (not null, _) => "It will not start, and the next one of its series is planned.",
        _ => "It will not start.",
    };

    /// <summary>Asks about a window.</summary>
    /// <param name="window">The window, as the person sees it.</param>
    /// <param name="what">What the question calls it.</param>
    public async Task OpenAsync(MaintenanceRow window, string what)
    {
        (_window, _what, _subscribers) = (window, what, null);
        Discard();
        // Opened again it is no second half of a double click, however quickly.
        _form.TypedAgain();
        StateHasChanged();
        if (_dialog is not null)
            await _dialog.OpenAsync();
        try
        {
            _subscribers = await Service.Demand().CountSubscribersAsync(window.Id);
            StateHasChanged();
        }
        catch (Exception e) when (e is ProblemException || DatabaseFaults.Of(e) is not null)
        {
            // Calling it off says what is wrong; the number is only a help.
        }
    }

    /// <inheritdoc />
    protected override void OnInitialized() => _form = NewForm().Judging(() => new { Note = _note });

    /// <summary>How many notifications an update of a window is sent to.</summary>
    /// <param name="sends">What sends it, as the sentence begins.</param>
    internal static string SubscribersText(int? subscribers, bool isSilent, string sends = "Sends") => (isSilent, subscribers) switch
    {
        (true, _) => "The event is recorded, and no notifications are sent.",
        (_, 0) => "No notification is subscribed to maintenance.updated.",
        (_, 1) => $"{sends} maintenance.updated to 1 notification.",
        (_, { } count) => string.Create(CultureInfo.InvariantCulture, $"{sends} maintenance.updated to {count:N0} notifications."),
        _ => $"{sends} maintenance.updated to notifications that are subscribed to it.",
    };

    private void Discard()
    {
        _form.Clear();
        (_note, _keeps) = ("", false);
    }

    private Task KeepAsync()
    {
        _keeps = true;
        return _dialog?.CancelAsync() ?? Task.CompletedTask;
    }

    // What was typed stays as long as the window can still be called off.
    private async Task LoadAgainAsync()
    {
        var now = await Queries.FindAsync(_window!.Id);
        if (now is { Status: MaintenanceStatus.Scheduled })
        {
            _window = now;
            _form.Clear();
        }
        else if (_dialog is not null)
            await _dialog.CloseAsync();
        await OnLoadAgain.InvokeAsync();
    }

    private async Task CancelAsync(bool notify)
    {
        if (_window is not { } window)
            return;
        var actor = User.Actor;
        if (!await _form.RunAsync(() => Service.Demand().CancelAsync(window.Id, window.Version, new MaintenanceCancelInput(_note, notify), actor)))
            return;
        if (_dialog is not null)
            await _dialog.CloseAsync();
        Discard();
        await OnCancelled.InvokeAsync(window);
    }
}
