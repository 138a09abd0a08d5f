using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Notifications;

/// <summary>
/// What an edit makes of the failures so far: who changes where it is sent, or whom it trusts, has perhaps mended it, and its circuit
/// closes; any other change leaves the health as it is.
/// </summary>
public sealed class HealthAfterEditTests : IAsyncLifetime
{
    private readonly TestAuthority _root = TestAuthority.Root();
    private readonly TestAuthority _other = TestAuthority.Root("Another Root");
    private CoreApp _app = null!;
    private StatusPage _page = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync(configure: options => (options.AllowInsecureTls, options.CircuitFailures) = (true, 1));
        _page = await _app.SampleDataAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _root.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task Another_destination_or_another_rule_for_certificates_begins_anew()
    {
        var changes = new Dictionary<string, Func<NotificationInput, NotificationInput>>
        {
            ["URL"] = input => input.WithTransport(t => t with { Url = "https://127.0.0.1:9/elsewhere" }),
            ["verifies no more"] = input => input.WithOptions(o => o with { TlsTrust = TlsTrust.Unverified, TlsCertificate = null }),
            ["the system's authorities"] = input => input.WithOptions(o => o with { TlsTrust = TlsTrust.System, TlsCertificate = null }),
            ["pinned"] = input => input.WithOptions(o => o with { TlsTrust = TlsTrust.Pinned }),
            ["another authority"] = input => input.WithOptions(o => o with { TlsCertificate = _other.Pem }),
        };
        foreach (var (what, change) in changes)
            Assert.True(await IsFreshAfterAsync(change), what);
    }

    [Fact]
    public async Task Any_other_change_keeps_the_health()
    {
        var changes = new Dictionary<string, Func<NotificationInput, NotificationInput>>
        {
            ["nothing"] = input => input,
            ["name"] = input => input with { Name = "Renamed" },
            ["secret"] = input => input.WithTransport(t => t with { Secret = "another" }),
            ["events"] = input => input.WithSubscription(
                s => s with { Events = [EventType.ComponentStatusChanged, EventType.IncidentCreated] }),
            ["pages"] = input => input.WithSubscription(s => s with { StatusPageIds = [_page.Id] }),
            ["severity"] = input => input.WithSubscription(s => s with { MinSeverity = IncidentSeverity.Major }),
            ["order"] = input => input.WithSubscription(s => s with { InOrder = true }),
            ["Standard Webhooks"] = input => input.WithOptions(o => o with { StandardWebhooks = true }),
            ["headers"] = input => input.WithTransport(t => t with { Headers = [new HeaderInput("X-Team", "ops")] }),
            ["the same certificate, pasted with blank lines"] = input => input.WithOptions(
                o => o with { TlsCertificate = $"\n{_root.Pem}\n\n" }),
        };
        foreach (var (what, change) in changes)
            Assert.False(await IsFreshAfterAsync(change), what);
    }

    /// <summary>Lets a new notification fail until its circuit opens, and edits it.</summary>
    private async Task<bool> IsFreshAfterAsync(Func<NotificationInput, NotificationInput> change)
    {
        var input = new NotificationInput(
            "webhook", "Receiver",
            new("https://127.0.0.1:9/hook", "s3cret") { Options = new() { TlsTrust = TlsTrust.Authority, TlsCertificate = _root.Pem } },
            new([EventType.ComponentStatusChanged]));
        var service = _app.Get<NotificationService>();
        var id = await service.CreateAsync(input, Stop);
        await using (var db = _app.Open())
        {
            var failing = await db.NotificationHealth.SingleAsync(h => h.NotificationId == id, Stop);
            (failing.ConsecutiveFailures, failing.LastTimedOut, failing.FailedDeliveries, failing.FailedProbes) = (7, true, 3, 2);
            (failing.OpenedAt, failing.NextProbeAt, failing.AlertedAt) = (_app.Now, _app.Now.AddMinutes(2), _app.Now);
            await db.SaveChangesAsync(Stop);
        }
        _app.Time.Advance(TimeSpan.FromMinutes(1));
        var version = (await _app.Get<NotificationQueries>().FindAsync(id, Stop))!.Version;

        await service.UpdateAsync(id, version, change(input.WithTransport(t => t with { Secret = null })), Stop);

        await using var after = _app.Open();
        var health = await after.NotificationHealth.AsNoTracking().SingleAsync(h => h.NotificationId == id, Stop);
        await service.DeleteAsync(id, Stop);
        var failures = (health.ConsecutiveFailures, health.LastTimedOut, health.FailedDeliveries, health.FailedProbes);
        var moments = (health.OpenedAt, health.NextProbeAt, health.AlertedAt);
        if (failures == (0, false, 0, 0) && moments == (null, null, null))
        {
            // The time that counts for switching it off begins now.
            Assert.Equal(_app.Now, health.CountingSince);
            return true;
        }
        Assert.Equal((7, true, 3, 2), failures);
        Assert.Equal((_app.Now.AddMinutes(-1), _app.Now.AddMinutes(1), _app.Now.AddMinutes(-1)), moments);
        return false;
    }
}
