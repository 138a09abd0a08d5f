using System.Net;
using System.Text.Json.Nodes;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Api;

/// <summary>A POST with a key is carried out once, whatever happens between its change and its answer.</summary>
public sealed class IdempotencyTests : ApiTest
{
    private int _page;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _page = await AddPageAsync();
    }

    [Fact]
    public async Task The_same_is_answered_again_and_carried_out_once()
    {
        var first = (await OpenAsync("one")).Is(HttpStatusCode.Created);
        var again = (await OpenAsync("one")).Is(HttpStatusCode.Created);
        Assert.Equal(first.Body!.ToJsonString(), again.Body!.ToJsonString());
        Assert.Equal("true", again.Headers["Idempotent-Replayed"]);
        Assert.False(first.Headers.ContainsKey("Idempotent-Replayed"));
        foreach (var header in (string[])["Location", "ETag", "X-Event-Ids", "Content-Type"])
            Assert.Equal(first.Headers[header], again.Headers[header]);
        Assert.NotEqual(first.Id, (await OpenAsync("two")).Is(HttpStatusCode.Created).Id);
        Assert.Equal(2, await CountAsync());

        (await OpenAsync("one", "Another")).Is(HttpStatusCode.UnprocessableEntity);
        var other = await MakeKeyAsync("other", [.. ApiScopes.All]);
        Assert.NotEqual(first.Id, (await OpenAsync("one", key: other)).Is(HttpStatusCode.Created).Id);
        // The same key at another path is another request.
        (await SendAsync(HttpMethod.Post, $"incidents/{first.Id}/resolve", headers: ("Idempotency-Key", "one"))).Is(HttpStatusCode.OK);
        Assert.Equal("true", (await SendAsync(HttpMethod.Post, $"incidents/{first.Id}/resolve", headers: ("Idempotency-Key", "one"))).Is(HttpStatusCode.OK).Headers["Idempotent-Replayed"]);
    }

    [Fact]
    public async Task What_was_refused_is_refused_again_and_a_preview_takes_no_key()
    {
        var refused = (await OpenAsync("bad", "")).Is(HttpStatusCode.UnprocessableEntity);
        Assert.Equal(["title"], refused.Errors);
        Assert.Equal("true", (await OpenAsync("bad", "")).Is(HttpStatusCode.UnprocessableEntity).Headers["Idempotent-Replayed"]);
        (await SendAsync(HttpMethod.Post, "incidents?preview=true", Body("Later"), headers: ("Idempotency-Key", "later"))).Is(HttpStatusCode.OK);
        (await OpenAsync("later", "Later")).Is(HttpStatusCode.Created);
        (await OpenAsync(new string('k', 256))).Is(HttpStatusCode.BadRequest);
        Assert.Equal(1, await CountAsync());
        // A missing scope is not kept: the key gets it and tries again.
        var reader = await MakeKeyAsync("reader", ApiScopes.ReadIncidents);
        (await OpenAsync("scope", key: reader)).Is(HttpStatusCode.Forbidden);
        Assert.DoesNotContain(await RowsAsync(), row => row.Status == 403);
    }

    [Fact]
    public async Task Of_many_at_once_one_is_carried_out()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => OpenAsync("many")));
        Assert.All(answers, answer => Assert.True(answer.Status is HttpStatusCode.Created or HttpStatusCode.Conflict, $"{answer.Status}"));
        Assert.Single(answers.Where(a => a.Status == HttpStatusCode.Created).Select(a => a.Id).Distinct());
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task One_that_is_under_way_is_not_waited_for()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200).After(TimeSpan.FromSeconds(3)));
        var id = (await PostAsync("notifications", new { name = "Slow", url = receiver.Url, events = (string[])["incident.created"] })).Is(HttpStatusCode.Created).Id;
        var first = SendAsync(HttpMethod.Post, $"notifications/{id}/test", headers: ("Idempotency-Key", "slow"));
        await receiver.WaitForAsync(1);
        var second = (await SendAsync(HttpMethod.Post, $"notifications/{id}/test", headers: ("Idempotency-Key", "slow"))).Is(HttpStatusCode.Conflict);
        Assert.Equal("1", second.Headers["Retry-After"]);
        (await first).Is(HttpStatusCode.OK);
        Assert.Equal("true", (await SendAsync(HttpMethod.Post, $"notifications/{id}/test", headers: ("Idempotency-Key", "slow"))).Is(HttpStatusCode.OK).Headers["Idempotent-Replayed"]);
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task A_caller_that_has_gone_gets_the_whole_answer_with_its_repeat()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200).After(TimeSpan.FromSeconds(2)));
        var id = (await PostAsync("notifications", new { name = "Slow", url = receiver.Url, events = (string[])["incident.created"] })).Is(HttpStatusCode.Created).Id;
        using var gone = App.CreateClient();
        using var leaving = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/v1/notifications/{id}/test");
        request.Headers.Authorization = new("Bearer", Key);
        request.Headers.Add("Idempotency-Key", "gone");
        var first = gone.SendAsync(request, leaving.Token);
        await receiver.WaitForAsync(1);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        Answer? repeated = null;
        await Eventually.TrueAsync(async () =>
            (repeated = await SendAsync(HttpMethod.Post, $"notifications/{id}/test", headers: ("Idempotency-Key", "gone"))).Status != HttpStatusCode.Conflict);
        Assert.Equal("true", repeated!.Is(HttpStatusCode.OK).Headers["Idempotent-Replayed"]);
        // What was made for the caller that has gone, whole.
        var stored = Assert.Single(await RowsAsync());
        Assert.Equal((200, JsonNode.Parse(stored.Body!)!.ToJsonString()), (stored.Status, repeated.Body!.ToJsonString()));
        Assert.Equal(("delivered", 200), (repeated.Text("outcome"), (int)repeated["statusCode"]!));
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task A_crash_between_the_commit_and_the_answer_makes_nothing_twice()
    {
        var first = (await OpenAsync("crash")).Is(HttpStatusCode.Created);
        await CrashAsync(committed: true);
        var again = (await OpenAsync("crash")).Is(HttpStatusCode.Created);
        Assert.Equal(first.Id, again.Id);
        Assert.Equal(first.Headers["Location"], again.Headers["Location"]);
        Assert.Equal(1, await CountAsync());
        Assert.Equal("true", (await OpenAsync("crash")).Is(HttpStatusCode.Created).Headers["Idempotent-Replayed"]);

        (await SendAsync(HttpMethod.Post, $"incidents/{first.Id}/resolve", headers: ("Idempotency-Key", "end"))).Is(HttpStatusCode.OK);
        await CrashAsync(committed: true);
        (await SendAsync(HttpMethod.Post, $"incidents/{first.Id}/resolve", headers: ("Idempotency-Key", "end"))).Is(HttpStatusCode.OK);

        // Where the change was not committed, it is made.
        var other = (await OpenAsync("before")).Is(HttpStatusCode.Created);
        await CrashAsync(committed: false);
        Assert.NotEqual(other.Id, (await OpenAsync("before")).Is(HttpStatusCode.Created).Id);
    }

    [Fact]
    public async Task A_repeat_after_a_crash_is_answered_with_the_events_of_the_first_whatever_version_it_names()
    {
        // As if the process had gone after each commit: no answer is kept.
        await WriteAsync("CREATE TRIGGER Crash BEFORE UPDATE OF Status ON IdempotentRequests BEGIN SELECT RAISE(IGNORE); END");
        var component = await TwiceAsync("components", new { name = "API", statusPageId = _page });
        Assert.Single(component.EventIds);
        var opened = await TwiceAsync(
            "incidents", new { title = "API down", statusPageId = _page, message = "We look.", componentIds = new[] { component.Id } });
        Assert.Equal(2, opened.EventIds.Count);
        var updated = await TwiceAsync($"incidents/{opened.Id}/updates", new { message = "Found it." }, opened.ETag);
        Assert.Equal(2, updated["updates"]!.AsArray().Count);
        var resolved = await TwiceAsync($"incidents/{opened.Id}/resolve", null, updated.ETag);
        Assert.Equal(2, resolved.EventIds.Count);
        var window = await TwiceAsync("maintenance", new
        {
            title = "Upgrade",
            description = "Short breaks.",
            statusPageId = _page,
            scheduledStartTime = $"{DateTime.UtcNow.AddDays(1):yyyy-MM-dd}T12:00:00Z",
            scheduledEndTime = $"{DateTime.UtcNow.AddDays(1):yyyy-MM-dd}T13:00:00Z",
        });
        var told = await TwiceAsync($"maintenance/{window.Id}/updates", new { message = "Soon." }, window.ETag);
        var started = await TwiceAsync($"maintenance/{window.Id}/start", null, told.ETag);
        await TwiceAsync($"maintenance/{window.Id}/complete", null, started.ETag);
        // What it was made of is not asked for once more.
        var other = await AddPageAsync("Other");
        await TwiceAsync(
            "notifications",
            new { name = "Receiver", url = "http://127.0.0.1/", events = (string[])["incident.created"], statusPageIds = new[] { other } },
            between: () => DeleteAsync($"statuspages/{other}"));

        async Task<Answer> TwiceAsync(string path, object? body, string? seen = null, Func<Task>? between = null)
        {
            (string, string)[] headers = [("Idempotency-Key", path)];
            if (seen is not null)
                headers = [.. headers, ("If-Match", seen)];
            var first = await SendAsync(HttpMethod.Post, path, body, headers: headers);
            Assert.True(first.Status is HttpStatusCode.Created or HttpStatusCode.OK, $"{path} answered {first.Status}: {first.Body}");
            if (between is not null)
                await between();
            await WriteAsync("UPDATE IdempotentRequests SET TakenAt = datetime('now', '-3 minutes')");
            var again = (await SendAsync(HttpMethod.Post, path, body, headers: headers)).Is(first.Status);
            Assert.False(again.Headers.ContainsKey("Idempotent-Replayed"));
            Assert.Equal(first.EventIds, again.EventIds);
            Assert.Equal((first.Id, first.Headers.GetValueOrDefault("Location")), (again.Id, again.Headers.GetValueOrDefault("Location")));
            if (between is null)
                Assert.Equal((first.ETag, first.Body!.ToJsonString()), (again.ETag, again.Body!.ToJsonString()));
            return again;
        }
    }

    [Fact]
    public async Task An_answer_is_kept_for_a_day()
    {
        var first = (await OpenAsync("old")).Is(HttpStatusCode.Created);
        await using (var db = await DbAsync())
        {
            var yesterday = DateTime.UtcNow.AddHours(-25);
            await db.IdempotentRequests.ExecuteUpdateAsync(row => row.SetProperty(r => r.StartedAt, yesterday).SetProperty(r => r.TakenAt, yesterday), Stop);
        }
        Assert.NotEqual(first.Id, (await OpenAsync("old")).Is(HttpStatusCode.Created).Id);
    }

    private object Body(string title) => new { title, statusPageId = _page, message = "We look." };

    private Task<Answer> OpenAsync(string idempotencyKey, string title = "API down", string? key = null) =>
        SendAsync(HttpMethod.Post, "incidents", Body(title), key, ("Idempotency-Key", idempotencyKey));

    private async Task<int> CountAsync() => (await GetAsync("incidents")).Is(HttpStatusCode.OK)["data"]!.AsArray().Count;

    private Task<AtStatusDbContext> DbAsync() => Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);

    private async Task WriteAsync(string sql)
    {
        await using var db = await DbAsync();
        await db.Database.ExecuteSqlRawAsync(sql, Stop);
    }

    private async Task<List<IdempotentRequest>> RowsAsync()
    {
        await using var db = await DbAsync();
        return await db.IdempotentRequests.AsNoTracking().ToListAsync(Stop);
    }

    /// <summary>As a process leaves the latest request that is gone since: taken a while ago, and without an answer.</summary>
    private async Task CrashAsync(bool committed)
    {
        await using var db = await DbAsync();
        var request = await db.IdempotentRequests.OrderByDescending(r => r.Id).FirstAsync(Stop);
        Assert.NotNull(request.CommittedAt);
        (request.Status, request.Headers, request.Body, request.TakenAt) = (null, null, null, DateTime.UtcNow.AddMinutes(-3));
        if (!committed)
            (request.CommittedAt, request.Result) = (null, null);
        await db.SaveChangesAsync(Stop);
    }
}
