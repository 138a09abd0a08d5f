using System.Globalization;
using System.Net;
using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Api;

/// <summary>Somebody else writes an object between a request's reading it and the transaction in which the request changes it.</summary>
public sealed class RacedWriteTests : ApiTest
{
    // They change no object that has a version: a test and a resending send, and a delivery is in no form.
    private static readonly string[] WithoutVersion = ["testNotification", "recoverNotification", "redeliver", "cancelDelivery"];

    private readonly SomebodyElse _other = new();
    private int _page;

    protected override ConsoleAppOptions Options => base.Options with
    {
        Configure = builder => builder.Services.AddSingleton(provider => ActivatorUtilities.CreateInstance<EventOutbox>(
            provider, new Crossed(provider.GetRequiredService<IDbContextFactory<AtStatusDbContext>>(), _other))),
    };

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _page = await AddPageAsync();
    }

    [Fact]
    public async Task A_change_by_somebody_else_is_refused_with_a_version_and_taken_in_without_by_every_write()
    {
        var writes = new (string Operation, Func<Task<Answer>> Make, string Method, string Path, object? Body, string Table)[]
        {
            ("updateStatusPage", AddOtherPageAsync, "PATCH", "statuspages/{id}", new { description = "All services." }, "StatusPages"),
            ("deleteStatusPage", AddOtherPageAsync, "DELETE", "statuspages/{id}", null, "StatusPages"),
            ("updateComponent", AddAsync, "PATCH", "components/{id}", new { description = "Public." }, "Components"),
            ("setComponentStatus", AddAsync, "PATCH", "components/{id}/status", new { status = "degraded" }, "Components"),
            ("deleteComponent", AddAsync, "DELETE", "components/{id}", null, "Components"),
            ("updateIncident", OpenAsync, "PATCH", "incidents/{id}", new { impact = "critical" }, "Incidents"),
            ("postIncidentUpdate", OpenAsync, "POST", "incidents/{id}/updates", new { message = "Found it." }, "Incidents"),
            ("resolveIncident", OpenAsync, "POST", "incidents/{id}/resolve", null, "Incidents"),
            ("deleteIncident", OpenResolvedAsync, "DELETE", "incidents/{id}?downtime=remove", null, "Incidents"),
            ("updateMaintenance", ScheduleAsync, "PATCH", "maintenance/{id}", new { title = "Upgrade of MySQL" }, "MaintenanceWindows"),
            ("postMaintenanceUpdate", ScheduleAsync, "POST", "maintenance/{id}/updates", new { message = "Soon." }, "MaintenanceWindows"),
            ("startMaintenance", ScheduleAsync, "POST", "maintenance/{id}/start", null, "MaintenanceWindows"),
            ("completeMaintenance", StartAsync, "POST", "maintenance/{id}/complete", null, "MaintenanceWindows"),
            ("cancelMaintenance", ScheduleAsync, "POST", "maintenance/{id}/cancel", null, "MaintenanceWindows"),
            ("deleteMaintenance", ScheduleAsync, "DELETE", "maintenance/{id}", null, "MaintenanceWindows"),
            ("updateNotification", SubscribeAsync, "PATCH", "notifications/{id}", new { name = "Operations" }, "Notifications"),
            ("deleteNotification", SubscribeAsync, "DELETE", "notifications/{id}", null, "Notifications"),
        };
        foreach (var (operation, make, method, path, body, table) in writes)
        {
            var made = await make();
            var (address, whole) = (path.Replace("{id}", $"{made.Id}", StringComparison.Ordinal), $"{path.Split('/')[0]}/{made.Id}");
            var raise = $"UPDATE {table} SET Version = Version + 1 WHERE Id = {made.Id}";

            _other.Writes = raise;
            var refused = await SendAsync(new HttpMethod(method), address, body, headers: ("If-Match", made.ETag!));
            Assert.True(refused.Status == HttpStatusCode.PreconditionFailed, $"{operation} answered {refused.Status}: {refused.Body}");
            var now = (await GetAsync(whole)).Is(HttpStatusCode.OK);
            // The other's write and nothing else.
            Assert.Equal($"\"{(int)made["version"]! + 1}\"", now.ETag);
            var expected = made.Body!.DeepClone();
            expected["version"] = now["version"]!.DeepClone();
            Assert.Equal(expected.ToJsonString(), now.Body!.ToJsonString());

            // What matches whatever is there, like no version at all, is made on what is there.
            _other.Writes = raise;
            var taken = operation is "deleteComponent" or "setComponentStatus" or "resolveIncident"
                ? await SendAsync(new HttpMethod(method), address, body, headers: ("If-Match", "*"))
                : await SendAsync(new HttpMethod(method), address, body);
            Assert.True((int)taken.Status is 200 or 204, $"{operation} answered {taken.Status}: {taken.Body}");
            Assert.Null(_other.Writes);
        }
        var documented = from path in Contract.Document["paths"]!.AsObject()
                         where path.Key.Contains("{id}", StringComparison.Ordinal)
                         from operation in path.Value!.AsObject()
                         where operation.Key != "get"
                         select (string)operation.Value!["operationId"]!;
        Assert.Equal(documented.Except(WithoutVersion).Order(), writes.Select(w => w.Operation).Order());
    }

    [Theory]
    [InlineData("PATCH", "", "Status = 'Monitoring'")]
    [InlineData("PATCH", "", "Title = 'API is slow'")]
    [InlineData("PATCH", "", "Severity = 'Major'")]
    [InlineData("POST", "/updates", "Status = 'Monitoring'")]
    [InlineData("POST", "/updates", "Severity = 'Major'")]
    public async Task A_change_of_an_incident_without_a_version_applies_to_what_is_there_by_then(string method, string path, string set)
    {
        var opened = await OpenAsync();
        _other.Writes = $"UPDATE Incidents SET Version = Version + 1, {set}";
        object body = path.Length > 0
            ? new { message = "Found it.", status = "identified", impact = "critical" }
            : new { title = "API is down", status = "identified", impact = "critical" };
        var changed = (await SendAsync(new HttpMethod(method), $"incidents/{opened.Id}{path}", body)).Is(HttpStatusCode.OK);
        Assert.Null(_other.Writes);
        Assert.Equal(("identified", "critical"), (changed.Text("status"), changed.Text("impact")));
        Assert.Equal(2, changed["updates"]!.AsArray().Count);
        Assert.Single(changed.EventIds);
    }

    [Fact]
    public async Task Of_many_changes_at_once_without_a_version_each_applies_to_what_is_there()
    {
        var opened = await OpenAsync();
        var changes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => PatchAsync(
            $"incidents/{opened.Id}",
            new { title = $"No. {i}", message = $"No. {i}", status = i % 2 == 0 ? "identified" : "monitoring" })));
        Assert.All(changes, change => Assert.Single(change.Is(HttpStatusCode.OK).EventIds));
        Assert.Equal(21, (await GetAsync($"incidents/{opened.Id}")).Is(HttpStatusCode.OK)["updates"]!.AsArray().Count);
    }

    private Task<Answer> AddOtherPageAsync() => MakeAsync("statuspages", new { name = $"Page {Guid.NewGuid()}" });

    private Task<Answer> AddAsync() => MakeAsync("components", new { name = "API", statusPageId = _page });

    private Task<Answer> OpenAsync() => MakeAsync("incidents", new { title = "API down", statusPageId = _page, message = "We look." });

    private Task<Answer> OpenResolvedAsync() =>
        MakeAsync("incidents", new { title = "API down", statusPageId = _page, message = "It was down.", status = "resolved" });

    private Task<Answer> ScheduleAsync() => MakeAsync("maintenance", new
    {
        title = "Upgrade",
        description = "Short breaks.",
        statusPageId = _page,
        scheduledStartTime = DateTime.UtcNow.AddDays(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        scheduledEndTime = DateTime.UtcNow.AddDays(2).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
    });

    private async Task<Answer> StartAsync() => (await PostAsync($"maintenance/{(await ScheduleAsync()).Id}/start")).Is(HttpStatusCode.OK);

    private Task<Answer> SubscribeAsync() => MakeAsync(
        "notifications", new { name = "Receiver", url = "http://127.0.0.1/", events = (string[])["component.created"], isEnabled = false });

    private async Task<Answer> MakeAsync(string path, object body) => (await PostAsync(path, body)).Is(HttpStatusCode.Created);

    /// <summary>What somebody else writes before the next unit of work of a request begins.</summary>
    private sealed class SomebodyElse
    {
        public string? Writes { get; set; }
    }

    /// <summary>The contexts of units of work, which are the last thing that a request asks for before its transaction.</summary>
    private sealed class Crossed(IDbContextFactory<AtStatusDbContext> inner, SomebodyElse other) : IDbContextFactory<AtStatusDbContext>
    {
        public AtStatusDbContext CreateDbContext() => inner.CreateDbContext();

        public async Task<AtStatusDbContext> CreateDbContextAsync(CancellationToken cancellationToken = default)
        {
            if (ChangeScope.Current is not null && other.Writes is { } sql)
            {
                other.Writes = null;
                await using var db = await inner.CreateDbContextAsync(cancellationToken);
                await db.Database.ExecuteSqlRawAsync(sql, cancellationToken);
            }
            return await inner.CreateDbContextAsync(cancellationToken);
        }
    }
}
