using System.Net;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Api;

/// <summary>
/// Every operation of the served document is one that works: a story that has a success of each. A new operation without one here fails.
/// </summary>
public sealed class EveryOperationTests : ApiTest
{
    protected override ConsoleAppOptions Options => base.Options with
    {
        Settings = new() { ["Webhooks:AllowedNetworks"] = "127.0.0.0/8", ["Webhooks:MaxAttempts"] = "1" },
    };

    [Fact]
    public async Task Every_operation_succeeds_once()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(503));
        var page = await AddPageAsync();
        (await PatchAsync($"statuspages/{page}", new { description = "All services." })).Is(HttpStatusCode.OK);
        var group = (await PostAsync("component-groups", new { name = "Core", statusPageId = page })).Is(HttpStatusCode.Created).Id;
        var api = await AddComponentAsync(page, "API");
        (await PatchAsync($"components/{api}", new { groupId = group })).Is(HttpStatusCode.OK);
        (await PatchAsync($"components/{api}/status", new { status = "degraded" })).Is(HttpStatusCode.OK);
        string[] events = ["incident.created", "incident.resolved"];
        var notification = (await PostAsync("notifications", new { name = "Receiver", url = receiver.Url, events }))
            .Is(HttpStatusCode.Created).Id;
        (await PatchAsync($"notifications/{notification}", new { name = "Operations" })).Is(HttpStatusCode.OK);

        // One delivery fails and is sent again, by itself and with all that failed.
        var incident = (await PostAsync("incidents", new { title = "API down", statusPageId = page, message = "We look." }))
            .Is(HttpStatusCode.Created);
        await Eventually.TrueAsync(async () =>
            (await GetAsync("deliveries?state=failed")).Is(HttpStatusCode.OK)["data"]!.AsArray().Count == 1);
        var delivery = (long)(await GetAsync("deliveries")).Is(HttpStatusCode.OK)["data"]![0]!["id"]!;
        var recovery = (await PostAsync($"notifications/{notification}/recover", new { since = "2026-01-01T00:00:00Z" }))
            .Is(HttpStatusCode.Created).Id;
        await Eventually.TrueAsync(async () => (await GetAsync($"recoveries/{recovery}")).Is(HttpStatusCode.OK)["finishedAt"] is not null);
        await Eventually.TrueAsync(async () => (await GetAsync($"deliveries/{delivery}")).Is(HttpStatusCode.OK).Text("state") == "failed");
        (await PostAsync($"deliveries/{delivery}/redeliver")).Is(HttpStatusCode.OK);
        (await PostAsync($"notifications/{notification}/test")).Is(HttpStatusCode.OK);
        (await GetAsync($"events/{incident.EventIds[0]}")).Is(HttpStatusCode.OK);

        // Another waits, and is cancelled.
        (await PostAsync("sending/pause")).Is(HttpStatusCode.OK);
        (await GetAsync("sending")).Is(HttpStatusCode.OK);
        (await PostAsync($"incidents/{incident.Id}/updates", new { message = "Found it." })).Is(HttpStatusCode.OK);
        (await PatchAsync($"incidents/{incident.Id}", new { title = "API is slow" })).Is(HttpStatusCode.OK);
        (await PostAsync($"incidents/{incident.Id}/resolve")).Is(HttpStatusCode.OK);
        var waiting = (await GetAsync("deliveries?event=incident.resolved")).Is(HttpStatusCode.OK)["data"]![0]!["id"];
        (await PostAsync($"deliveries/{waiting}/cancel")).Is(HttpStatusCode.OK);
        (await PostAsync("sending/resume")).Is(HttpStatusCode.OK);

        var window = await ScheduleAsync(page);
        (await PatchAsync($"maintenance/{window}", new { title = "Upgrade of the database" })).Is(HttpStatusCode.OK);
        (await PostAsync($"maintenance/{window}/start")).Is(HttpStatusCode.OK);
        (await PostAsync($"maintenance/{window}/updates", new { message = "Half done." })).Is(HttpStatusCode.OK);
        (await PostAsync($"maintenance/{window}/complete")).Is(HttpStatusCode.OK);
        (await PostAsync($"maintenance/{await ScheduleAsync(page)}/cancel")).Is(HttpStatusCode.OK);

        (await GetAsync("component-groups")).Is(HttpStatusCode.OK);
        foreach (var (list, id) in ((string, int)[])
            [
                ("incidents", incident.Id), ("maintenance", window), ("components", api), ("notifications", notification),
                ("statuspages", page),
            ])
        {
            (await GetAsync(list)).Is(HttpStatusCode.OK);
            (await GetAsync($"{list}/{id}")).Is(HttpStatusCode.OK);
            (await DeleteAsync($"{list}/{id}")).Is(HttpStatusCode.NoContent);
        }
        Assert.Equal(Contract.OperationIds.Order(), Succeeded.Order());
    }

    private async Task<int> ScheduleAsync(int page) => (await PostAsync("maintenance", new
    {
        title = "Upgrade",
        description = "Short breaks.",
        statusPageId = page,
        scheduledStartTime = $"{DateTime.UtcNow.AddDays(1):yyyy-MM-dd}T12:00:00Z",
        scheduledEndTime = $"{DateTime.UtcNow.AddDays(1):yyyy-MM-dd}T13:00:00Z",
    })).Is(HttpStatusCode.Created).Id;
}
