using ATStatus.Admin.Hosting.Access;
using System.Globalization;
using ATStatus.Admin.Components.Shared;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Model;
using ATStatus.Core.TestReceiver;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace ATStatus.Admin.Features.TestReceiver;

/// <summary>What the built-in receiver got, live.</summary>
public sealed partial class TestReceiverPage : IDisposable
{
    /// <summary>Another instance may be the one that sends, so it is asked more often than other pages.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private IReadOnlyList<ReceivedRequest>? _requests;
    private LiveRefresh? _watch;
    private string? _problem;
    private long _openAtFirst;
    private bool _clearing;

    [Inject]
    private TestReceiverQueries Queries { get; set; } = default!;

    [Inject]
    private Permitted<TestReceiverService> Service { get; set; } = default!;

    [Inject]
    private DeliveryFeed Feed { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private ConfirmService Confirm { get; set; } = default!;

    [Inject]
    private Announcer Announcer { get; set; } = default!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = default!;

    [Inject]
    private ILogger<TestReceiverPage> Logger { get; set; } = default!;

    /// <inheritdoc />
    protected override async Task OnInitializedAsync()
    {
        await LoadAsync();
        _watch = new LiveRefresh(Feed, Time, Every, () => InvokeAsync(RefreshAsync));
    }

    private async Task LoadAsync()
    {
        try
        {
            _requests = await Queries.ListAsync();
            _openAtFirst = _requests.Count > 0 ? _requests[0].Id : 0;
            _problem = null;
        }
        catch (Exception e)
        {
            Logger.LogPageFault(e, "load what the test receiver got");
            _problem = PageFaults.DisplayText;
        }
    }

    private async Task RefreshAsync()
    {
        try
        {
            var found = await Queries.ListAsync();
            if (_requests is { } shown && found.Select(r => r.Id).SequenceEqual(shown.Select(r => r.Id)))
                return;
            var newest = _requests is { Count: > 0 } ? _requests[0].Id : 0;
            var came = found.Count(request => request.Id > newest);
            if (came > 0)
                Announcer.Say(came == 1 ? "A request came" : $"{came} requests came");
            if (newest == 0 && found.Count > 0)
                _openAtFirst = found[0].Id;
            (_requests, _problem) = (found, null);
            StateHasChanged();
        }
        catch (Exception e)
        {
            Logger.LogPageFault(e, "refresh what the test receiver got");
        }
    }

    private async Task ClearAsync()
    {
        if (_clearing || !await Confirm.AskAsync("Clear the test receiver?", "It forgets every request it got. The delivery log stays.", "Clear", danger: true))
            return;
        _clearing = true;
        try
        {
            await Service.Demand().ClearAsync();
            (_requests, _openAtFirst) = ([], 0);
            Snackbar.Add("Cleared", Severity.Success);
        }
        catch (Exception e)
        {
            Logger.LogPageFault(e, "clear the test receiver");
            Snackbar.Add(PageFaults.DisplayText, Severity.Error);
        }
        finally
        {
            _clearing = false;
        }
    }

    private static string Variant(int status) => $"{TestReceiverEndpoint.Url}status/{status.ToString(CultureInfo.InvariantCulture)}";

    /// <inheritdoc />
    public void Dispose() => _watch?.Dispose();
}
