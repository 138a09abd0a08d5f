using ATStatus.Admin.Hosting.Access;
using System.Globalization;
using ATStatus.Admin.Components.Shared;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Model;
using ATStatus.Core.TestReceiver;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.TestReceiver;

/// <summary>What the built-in receiver got, live.</summary>
public sealed partial class TestReceiverPage
{
    /// <summary>Another instance may be the one that sends, so it is asked more often than other pages.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    private IReadOnlyList<ReceivedRequest>? _requests;
    private long _openAtFirst;
    private bool _clearing;

    [Inject]
    private TestReceiverQueries Queries { get; set; } = default!;

    [Inject]
    private Permitted<TestReceiverService> Service { get; set; } = default!;

    [Inject]
    private DeliveryFeed Feed { get; set; } = default!;

    /// <inheritdoc />
    protected override void OnInitialized() => Follow(Every, TimeSpan.Zero, [Feed]);

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        _requests = await Queries.ListAsync(Gone);
        _openAtFirst = _requests.Count > 0 ? _requests[0].Id : 0;
    }

    /// <inheritdoc />
    protected override async Task FollowAsync()
    {
        var found = await Queries.ListAsync(Gone);
        var newest = _requests is { Count: > 0 } ? _requests[0].Id : 0;
        var came = found.Count(request => request.Id > newest);
        if (came > 0)
            Announcer.Say(came == 1 ? "A request came" : $"{came} requests came");
        if (newest == 0 && found.Count > 0)
            _openAtFirst = found[0].Id;
        _requests = found;
    }

    private async Task ClearAsync()
    {
        if (_clearing || !await Confirm.AskAsync("Clear the test receiver?", "It forgets every request it got. The delivery log stays.", "Clear", danger: true))
            return;
        _clearing = true;
        await DoAsync(() => Service.Demand().ClearAsync(), "Cleared", "clear the test receiver");
        await ReloadAsync();
        _clearing = false;
    }

    private static string Variant(int status) => $"{TestReceiverEndpoint.Url}status/{status.ToString(CultureInfo.InvariantCulture)}";
}
