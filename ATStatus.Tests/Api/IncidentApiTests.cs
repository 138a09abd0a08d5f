using System.Net;
using System.Text.Json.Nodes;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Api;

/// <summary>Incidents as a script opens, tells and ends them, and what receivers get of it.</summary>
public sealed class IncidentApiTests : ApiTest
{
    private LoopbackReceiver? _receiver;
    private int _page;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _receiver = LoopbackReceiver.Start();
        _page = await AddPageAsync();
        await Get<NotificationService>().CreateAsync(
            new NotificationInput("webhook", "Receiver", new(_receiver.Url.AbsoluteUri), new([EventType.IncidentCreated, EventType.IncidentUpdated, EventType.IncidentResolved])
            {
                // What several saves tell is compared in their order.
                InOrder = true,
            }), Stop);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_receiver is not null)
            await _receiver.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_incident_is_opened_told_and_resolved_and_its_receivers_hear_it()
    {
        var api = await AddComponentAsync(_page, "API");
        var opened = (await PostAsync("incidents", new { title = "API down", impact = "major", statusPageId = _page, message = "We look.", componentIds = new[] { api } }))
            .Is(HttpStatusCode.Created);
        Assert.Equal($"/api/v1/incidents/{opened.Id}", opened.Headers["Location"]);
        Assert.Equal(("investigating", "major", "We look."), (opened.Text("status"), opened.Text("impact"), opened.Text("message")));
        Assert.Equal("partial_outage", (string)opened["components"]![0]!["status"]!);
        Assert.Equal(2, opened.EventIds.Count);
        Assert.Equal("partial_outage", (await GetAsync($"components/{api}")).Is(HttpStatusCode.OK).Text("status"));

        var told = (await PostAsync($"incidents/{opened.Id}/updates", new { message = "Found it.", status = "identified" })).Is(HttpStatusCode.OK);
        Assert.Equal(["identified", "investigating"], told["updates"]!.AsArray().Select(u => (string)u!["status"]!));
        var resolved = (await PostAsync($"incidents/{opened.Id}/resolve", new { message = "It works again." })).Is(HttpStatusCode.OK);
        Assert.Equal("resolved", resolved.Text("status"));
        Assert.NotNull(resolved["resolvedAt"]);
        (await PostAsync($"incidents/{opened.Id}/resolve")).Is(HttpStatusCode.Conflict);
        Assert.Equal("operational", (await GetAsync($"components/{api}")).Is(HttpStatusCode.OK).Text("status"));

        var received = await _receiver!.WaitForAsync(3);
        Assert.Equal(
            ["incident.created We look.", "incident.updated Found it.", "incident.resolved It works again."],
            received.Select(r => JsonNode.Parse(r.Text)!).Select(e => $"{e["event"]} {e["data"]!["message"]}"));
        Assert.All((await Get<IncidentQueries>().FindAsync(opened.Id, Stop))!.Updates, update => Assert.Equal("API key everything", update.Author));
    }

    [Fact]
    public async Task A_change_tells_what_it_changes_once()
    {
        var opened = await OpenAsync();
        // Title and start are told with the latest message, the status with a message of its own.
        var titled = (await PatchAsync($"incidents/{opened.Id}", new { title = "API is slow", startedAt = "2026-01-02T03:04:05+01:00" })).Is(HttpStatusCode.OK);
        Assert.Equal(("API is slow", "2026-01-02T02:04:05Z"), (titled.Text("title"), titled.Text("startedAt")));
        Assert.Single(titled.EventIds);
        Assert.Single(titled["updates"]!.AsArray());
        var worse = (await PatchAsync($"incidents/{opened.Id}", new { impact = "critical" })).Is(HttpStatusCode.OK);
        Assert.Single(worse.EventIds);
        Assert.Single(worse["updates"]!.AsArray());
        var all = (await PatchAsync($"incidents/{opened.Id}", new { title = "API is down", status = "identified", message = "Found.", impact = "major" })).Is(HttpStatusCode.OK);
        Assert.Single(all.EventIds);
        Assert.Equal(2, all["updates"]!.AsArray().Count);
        var silent = (await PatchAsync($"incidents/{opened.Id}", new { status = "monitoring", doNotNotify = true })).Is(HttpStatusCode.OK);
        Assert.Equal(IncidentDefaultTexts.Standard(IncidentStatus.Monitoring), silent.Text("message"));
        var ended = (await PatchAsync($"incidents/{opened.Id}", new { status = "resolved", endedAt = "2026-01-02T04:04:05Z" })).Is(HttpStatusCode.OK);
        Assert.Equal("2026-01-02T04:04:05Z", ended.Text("resolvedAt"));

        var received = (await _receiver!.WaitForAsync(5)).Select(r => JsonNode.Parse(r.Text)!["data"]!).ToList();
        Assert.Equal(
            ["investigating minor API down", "investigating minor API is slow", "investigating critical API is slow", "identified major API is down", "resolved major API is down"],
            received.Select(d => $"{d["status"]} {d["severity"]} {d["title"]}"));

        // What was read can be sent back, and changes nothing but for its message, which is posted.
        var back = ended.Body!.DeepClone().AsObject();
        back.Remove("message");
        Assert.Empty((await PatchAsync($"incidents/{opened.Id}", back.ToJsonString())).Is(HttpStatusCode.OK).EventIds);
        Assert.Single((await PatchAsync($"incidents/{opened.Id}", ended.Body.ToJsonString())).Is(HttpStatusCode.OK).EventIds);
    }

    [Fact]
    public async Task A_message_is_posted_whatever_was_told_before_and_the_same_status_alone_is_no_change()
    {
        var opened = await OpenAsync();
        foreach (object body in (object[])[new { message = "We look." }, new { message = "We look.", status = "investigating" }])
        {
            Assert.Single((await PatchAsync($"incidents/{opened.Id}", body)).Is(HttpStatusCode.OK).EventIds);
            Assert.Single((await PostAsync($"incidents/{opened.Id}/updates", body)).Is(HttpStatusCode.OK).EventIds);
        }
        var same = (await PatchAsync($"incidents/{opened.Id}", new { status = "investigating", impact = "minor" })).Is(HttpStatusCode.OK);
        Assert.Empty(same.EventIds);
        Assert.All(
            same["updates"]!.AsArray(),
            update => Assert.Equal(("investigating", "We look."), ((string)update!["status"]!, (string)update["message"]!)));
        Assert.Equal(5, same["updates"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_message_that_is_left_out_is_the_default_text_of_the_status()
    {
        await Get<IncidentDefaultTextService>().SaveAsync(0, new(null, "We know what {{ components }} has.", null, "{{ page }} works again."), Stop);
        var api = await AddComponentAsync(_page, "API");
        var opened = (await PostAsync("incidents", new { title = "API down", statusPageId = _page, message = "We look. {{ page }}" })).Is(HttpStatusCode.Created);
        Assert.Equal("We look. {{ page }}", opened.Text("message"));
        var path = $"incidents/{opened.Id}";
        Assert.Equal("We know what API has.", (await PostAsync($"{path}/updates", new { status = "identified", componentIds = new[] { api } })).Is(HttpStatusCode.OK).Text("message"));
        Assert.Equal(IncidentDefaultTexts.Standard(IncidentStatus.Monitoring), (await PatchAsync(path, new { status = "monitoring" })).Is(HttpStatusCode.OK).Text("message"));
        // Without a status it is that of the present one; a severity alone gets no entry by PATCH, as before.
        Assert.Equal(IncidentDefaultTexts.Standard(IncidentStatus.Monitoring), (await PostAsync($"{path}/updates", new { impact = "major" })).Is(HttpStatusCode.OK).Text("message"));
        Assert.Equal(4, (await PatchAsync(path, new { impact = "minor" })).Is(HttpStatusCode.OK)["updates"]!.AsArray().Count);
        var page = (await GetAsync($"statuspages/{_page}")).Is(HttpStatusCode.OK).Text("name");
        Assert.Equal($"{page} works again.", (await PostAsync($"{path}/resolve")).Is(HttpStatusCode.OK).Text("message"));
        var received = await _receiver!.WaitForAsync(6);
        Assert.Equal($"{page} works again.", (string)JsonNode.Parse(received[^1].Text)!["data"]!["message"]!);
    }

    [Fact]
    public async Task A_post_mortem_is_written_once_it_is_resolved_and_raises_nothing()
    {
        var opened = await OpenAsync();
        var path = $"incidents/{opened.Id}";
        (await PatchAsync(path, new { postmortem = "Too soon." })).Is(HttpStatusCode.Conflict);
        var resolved = (await PatchAsync(path, new { status = "resolved", postmortem = "A disk was full." })).Is(HttpStatusCode.OK);
        Assert.Equal("A disk was full.", resolved.Text("postmortem"));
        Assert.Single(resolved.EventIds);
        var changed = (await PatchAsync(path, new { postmortem = "Two disks were full." })).Is(HttpStatusCode.OK);
        Assert.Empty(changed.EventIds);
        (await SendAsync(HttpMethod.Patch, path, new { postmortem = "Mine." }, headers: ("If-Match", resolved.ETag!))).Is(HttpStatusCode.PreconditionFailed);
        Assert.Equal("Two disks were full.", (await PatchAsync(path, new { status = "investigating", message = "Again." })).Is(HttpStatusCode.OK).Text("postmortem"));
        (await PostAsync($"{path}/resolve")).Is(HttpStatusCode.OK);
        Assert.Null((await PatchAsync(path, new { postmortem = (string?)null })).Is(HttpStatusCode.OK)["postmortem"]);
        var past = (await PostAsync("incidents", new { title = "T", message = "M", statusPageId = _page, status = "resolved", postmortem = "Known." })).Is(HttpStatusCode.Created);
        Assert.Equal("Known.", past.Text("postmortem"));
    }

    [Fact]
    public async Task Two_who_saw_the_same_version_do_not_write_over_each_other()
    {
        var opened = await OpenAsync();
        (await SendAsync(HttpMethod.Patch, $"incidents/{opened.Id}", new { title = "Mine" }, headers: ("If-Match", opened.ETag!))).Is(HttpStatusCode.OK);
        (await SendAsync(HttpMethod.Patch, $"incidents/{opened.Id}", new { title = "Theirs" }, headers: ("If-Match", opened.ETag!))).Is(HttpStatusCode.PreconditionFailed);
        (await SendAsync(HttpMethod.Post, $"incidents/{opened.Id}/updates", new { message = "X" }, headers: ("If-Match", opened.ETag!))).Is(HttpStatusCode.PreconditionFailed);
        Assert.Equal("Mine", (await GetAsync($"incidents/{opened.Id}")).Is(HttpStatusCode.OK).Text("title"));

        // Without a version each applies to what is there: ten at once are ten updates.
        await Task.WhenAll(Enumerable.Range(0, 10).Select(async i => (await PostAsync($"incidents/{opened.Id}/updates", new { message = $"No. {i}" })).Is(HttpStatusCode.OK)));
        Assert.Equal(11, (await GetAsync($"incidents/{opened.Id}")).Is(HttpStatusCode.OK)["updates"]!.AsArray().Count);
    }

    [Fact]
    public async Task What_is_wrong_stands_beside_its_field_as_in_the_form()
    {
        var empty = (await PostAsync("incidents", new { })).Is(HttpStatusCode.UnprocessableEntity);
        Assert.Equal(["message", "statusPageId", "title"], empty.Errors.Order());
        Assert.Equal("Title is required.", (string)empty["errors"]!["title"]![0]!);
        var words = (await PostAsync("incidents", new { title = "T", message = "M", statusPageId = _page, status = "open", impact = "bad", startedAt = "2026-01-02T03:04:05" }))
            .Is(HttpStatusCode.UnprocessableEntity);
        Assert.Equal(["impact", "startedAt", "status"], words.Errors.Order());
        Assert.Equal(["componentIds"], (await PostAsync("incidents", new { title = "T", message = "M", statusPageId = _page, componentIds = "all" }))
            .Is(HttpStatusCode.BadRequest).Text("detail").Split(' ').Where(w => w == "componentIds"));
        Assert.Equal(["components"], (await PostAsync("incidents", new { title = "T", message = "M", statusPageId = _page, componentIds = (int[])[99] }))
            .Is(HttpStatusCode.UnprocessableEntity).Errors);
        var opened = await OpenAsync();
        Assert.Equal(["endedAt"], (await PatchAsync($"incidents/{opened.Id}", new { endedAt = "2026-01-02T03:04:05Z" })).Is(HttpStatusCode.UnprocessableEntity).Errors);
        Assert.Equal(["message"], (await PostAsync($"incidents/{opened.Id}/updates", new { })).Is(HttpStatusCode.UnprocessableEntity).Errors);
        Assert.Equal(["message"], (await PostAsync($"incidents/{opened.Id}/updates", new { status = "identified", message = " " })).Is(HttpStatusCode.UnprocessableEntity).Errors);
        Assert.Equal(["postmortem"], (await PostAsync("incidents", new { title = "T", message = "M", statusPageId = _page, postmortem = "Too soon." })).Is(HttpStatusCode.UnprocessableEntity).Errors);
    }

    [Fact]
    public async Task Lists_filter_and_a_deletion_waits_for_the_end()
    {
        var (one, other) = (await OpenAsync(), await OpenAsync());
        (await DeleteAsync($"incidents/{one.Id}")).Is(HttpStatusCode.Conflict);
        (await DeleteAsync($"statuspages/{_page}")).Is(HttpStatusCode.Conflict);
        (await PostAsync($"incidents/{one.Id}/resolve")).Is(HttpStatusCode.OK);
        Assert.Equal([other.Id], await IdsAsync("incidents?status=open"));
        Assert.Equal([one.Id], await IdsAsync("incidents?status=resolved"));
        Assert.Equal([other.Id, one.Id], await IdsAsync($"incidents?statusPageId={_page}"));
        Assert.Empty(await IdsAsync("incidents?statusPageId=99"));
        Assert.Equal(["status"], (await GetAsync("incidents?status=closed")).Is(HttpStatusCode.UnprocessableEntity).Errors);
        Assert.Equal(["downtime"], (await DeleteAsync($"incidents/{one.Id}?downtime=some")).Is(HttpStatusCode.UnprocessableEntity).Errors);
        (await DeleteAsync($"incidents/{one.Id}?downtime=remove")).Is(HttpStatusCode.NoContent);
        (await GetAsync($"incidents/{one.Id}")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_preview_tells_who_would_receive_it_and_who_not_and_why()
    {
        var preview = (await PostAsync("incidents?preview=true", new { title = "API down", statusPageId = _page, message = "We look.", doNotNotify = true })).Is(HttpStatusCode.OK);
        var recipient = preview["events"]![0]!["recipients"]![0]!;
        Assert.Equal(("Receiver", "skipped"), ((string)recipient["name"]!, (string)recipient["outcome"]!));
        Assert.Empty(await IdsAsync("incidents"));
        var opened = await OpenAsync();
        var resolves = (await PostAsync($"incidents/{opened.Id}/resolve?preview=true")).Is(HttpStatusCode.OK);
        Assert.Equal(["incident.resolved"], resolves["events"]!.AsArray().Select(e => (string)e!["event"]!));
        Assert.Equal("pending", (string)resolves["events"]![0]!["recipients"]![0]!["outcome"]!);
        Assert.Equal("investigating", (await GetAsync($"incidents/{opened.Id}")).Is(HttpStatusCode.OK).Text("status"));
    }

    private async Task<Answer> OpenAsync() =>
        (await PostAsync("incidents", new { title = "API down", statusPageId = _page, message = "We look." })).Is(HttpStatusCode.Created);

    private async Task<IEnumerable<int>> IdsAsync(string path) => (await GetAsync(path)).Is(HttpStatusCode.OK)["data"]!.AsArray().Select(i => (int)i!["id"]!);
}
