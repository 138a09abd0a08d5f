using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Api.Fuzz;

/// <summary>What all stories of a run share.</summary>
internal sealed record FuzzGround(
    HttpClient Client, ApiContract Contract, DatabaseState State, IDbContextFactory<AtStatusDbContext> Contexts, string Key,
    string ReadOnlyKey, FuzzFigures Figures);

/// <summary>What was sent and answered.</summary>
internal sealed class FuzzFigures
{
    private readonly Dictionary<(string Operation, int Status), int> _answers = [];

    public int Requests => _answers.Values.Sum();

    public IEnumerable<string> Reached => _answers.Keys.Select(k => k.Operation).Distinct();

    /// <summary>Accepted writes whose events, deliveries and audit entries were looked at.</summary>
    public int Writes { get; set; }

    /// <summary>Events that they raised.</summary>
    public int Events { get; set; }

    /// <summary>Writes that were previewed first, and raised what the preview said.</summary>
    public int Previewed { get; set; }

    public void Count(string operation, int status) => _answers[(operation, status)] = _answers.GetValueOrDefault((operation, status)) + 1;

    public override string ToString() =>
        $"{Requests} requests: "
        + string.Join(", ", _answers.GroupBy(a => a.Key.Status).OrderBy(g => g.Key).Select(g => $"{g.Sum(a => a.Value)} × {g.Key}"))
        + $"; {Writes} accepted writes with {Events} events, {Previewed} of them as previewed";
}

/// <summary>
/// Requests one after another, on objects of their own. Every answer has to be one that the document describes, and no failure; a refused
/// request, a read and a preview must have written nothing; an accepted write must have its events, their deliveries and its audit entry
/// together.
/// </summary>
internal sealed class FuzzStory(FuzzGround ground)
{
    private const string Json = "application/json";
    private readonly ObjectPool _pool = new();

    /// <summary>Makes what the requests are about.</summary>
    public async Task BeginAsync(Uri receiver, CancellationToken stop)
    {
        await MakeAsync("createStatusPage", "statuspages", """{"name":"Main"}""", stop);
        var events = string.Join(',', EventTypes.Selectable.Select(e => $"\"{e.WireName()}\""));
        await MakeAsync(
            "createNotification", "notifications",
            $$"""{"name":"Receiver","url":"{{receiver}}","events":[{{events}}]}""", stop);
        await MakeAsync("createComponentGroup", "component-groups", """{"name":"Core","statusPageId":«statuspages:0»}""", stop);
        await MakeAsync(
            "createComponent", "components", """{"name":"API","statusPageId":«statuspages:0»,"groupId":«component-groups:0»}""", stop);
        await MakeAsync("createComponent", "components", """{"name":"Web","statusPageId":«statuspages:0»}""", stop);
        await MakeAsync(
            "createIncident", "incidents",
            """{"title":"API down","message":"We look.","statusPageId":«statuspages:0»,"componentIds":[«components:0»]}""", stop);
        await MakeAsync(
            "scheduleMaintenance", "maintenance",
            """
            {"title":"Upgrade","description":"Short.","statusPageId":«statuspages:0»,"componentIds":[«components:1»],
             "scheduledStartTime":"«now:60»","scheduledEndTime":"«now:90»"}
            """, stop);
        await SendAsync(Request("listDeliveries", "GET", "deliveries", null), stop);
    }

    /// <summary>Sends a request; an accepted write is now and then asked for as a preview first.</summary>
    public async Task TakeAsync(FuzzRequest thought, bool previewFirst, CancellationToken stop)
    {
        var request = thought.With(_pool);
        try
        {
            var preview = $"{(request.Query.Length == 0 ? "?" : $"{request.Query}&")}preview=true";
            var before = previewFirst && !request.IsRead && !request.Query.Contains("preview", StringComparison.Ordinal)
                ? await SendAsync(request with { Query = preview }, stop)
                : null;
            var answer = await SendAsync(request, stop);
            if (before is { Status: 200 } && answer is { Status: >= 200 and < 300, IsReplay: false })
                await DemandAsPreviewedAsync(before.Body!, answer, stop);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{request}\n{e.Message}", e);
        }
    }

    /// <summary>Ends and deletes what there is, so that the next story finds little.</summary>
    public async Task EndAsync(CancellationToken stop)
    {
        foreach (var incident in await ListAsync("listIncidents", "incidents?status=open", stop))
            await SendAsync(Request("resolveIncident", "POST", $"incidents/{incident}/resolve", """{"doNotNotify":true}"""), stop);
        foreach (var window in await ListAsync("listMaintenance", "maintenance?status=in_progress", stop))
            await SendAsync(Request("completeMaintenance", "POST", $"maintenance/{window}/complete", """{"doNotNotify":true}"""), stop);
        foreach (var page in await ListAsync("listStatusPages", "statuspages", stop))
            await SendAsync(Request("deleteStatusPage", "DELETE", $"statuspages/{page}", null), stop);
        foreach (var notification in await ListAsync("listNotifications", "notifications", stop))
            await SendAsync(Request("deleteNotification", "DELETE", $"notifications/{notification}", null), stop);
        await SendAsync(Request("resumeSending", "POST", "sending/resume", null), stop);
        Assert.Empty(await ListAsync("listIncidents", "incidents", stop));
        Assert.Empty(await ListAsync("listMaintenance", "maintenance", stop));
        Assert.Empty(await ListAsync("listComponents", "components", stop));
    }

    private async Task MakeAsync(string operation, string path, string body, CancellationToken stop)
    {
        var answer = await SendAsync(Request(operation, "POST", path, body).With(_pool), stop);
        Assert.True(answer.Status == 201, $"{operation}: {answer.Status} {answer.Body}");
    }

    private async Task<IReadOnlyList<string>> ListAsync(string operation, string path, CancellationToken stop)
    {
        var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        var answer = await SendAsync(Request(operation, "GET", $"{path}{separator}limit=200", null), stop);
        return [.. answer.Body!["data"]!.AsArray().Select(o => o!["id"]!.ToJsonString())];
    }

    private static FuzzRequest Request(string operation, string method, string address, string? body)
    {
        var path = address.Split('?')[0];
        return new FuzzRequest(operation, method, path, address[path.Length..], [], body, Json, Spoiling.None, ShownKey.Everything);
    }

    private sealed record Answered(int Status, JsonNode? Body, IReadOnlyList<long> EventIds, bool IsReplay);

    private async Task<Answered> SendAsync(FuzzRequest request, CancellationToken stop)
    {
        var before = ground.State.Read();
        using var message = MessageOf(request);
        using var response = await ground.Client.SendAsync(message, stop);
        var text = await response.Content.ReadAsStringAsync(stop);
        var status = (int)response.StatusCode;
        Assert.True(status < 500, $"It was answered {status}: {text}");
        var operation = ground.Contract.Check(
            request.Method, $"/api/v1/{request.Path}", status, response.Content.Headers.ContentType?.ToString(), text);
        ground.Figures.Count(operation, status);

        var body = text.Length == 0 ? null : JsonNode.Parse(text);
        var answer = new Answered(
            status, body, [.. Header(response, "X-Event-Ids").Select(id => long.Parse(id, CultureInfo.InvariantCulture))],
            Header(response, "Idempotent-Replayed").Any());
        var after = ground.State.Read();
        var isPreview = body is JsonObject shown && shown.ContainsKey("events") && !shown.ContainsKey("id");
        var isAccepted = status < 300 && !request.IsRead && !answer.IsReplay && !isPreview;
        var written = DatabaseState.Difference(before, after);
        if (!isAccepted)
            Assert.True(written is [], $"It was answered {status}, and these were written: {string.Join(", ", written)}");
        else
            await DemandTogetherAsync(operation, before, written, answer, stop);
        if (status < 300)
            Remember(request, response, answer);
        return answer;
    }

    private HttpRequestMessage MessageOf(FuzzRequest request)
    {
        // As it is: another program than .NET's would not tidy it up either.
        var uri = new Uri(
            $"{ground.Client.BaseAddress}api/v1/{request.Path}{request.Query}",
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var message = new HttpRequestMessage(new HttpMethod(request.Method), uri);
        var key = request.Key switch
        {
            ShownKey.Everything => ground.Key,
            ShownKey.ReadOnly => ground.ReadOnlyKey,
            ShownKey.Unknown => $"ats_{new string('0', 64)}",
            _ => null,
        };
        if (key is not null)
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        foreach (var (name, value) in request.Headers)
            message.Headers.TryAddWithoutValidation(name, value);
        if (request.Body is null)
            return message;
        message.Content = new ByteArrayContent(request.Bytes());
        if (request.ContentType.Length > 0)
            message.Content.Headers.TryAddWithoutValidation("Content-Type", request.ContentType);
        return message;
    }

    /// <summary>
    /// An accepted write: the events that it says it raised and no others, a delivery or a reason of each for every notification, and who
    /// did it.
    /// </summary>
    private async Task DemandTogetherAsync(
        string operation, IReadOnlyDictionary<string, string> before, IReadOnlyList<string> written, Answered answer,
        CancellationToken stop)
    {
        ground.Figures.Writes++;
        ground.Figures.Events += answer.EventIds.Count;
        await using var db = await ground.Contexts.CreateDbContextAsync(stop);
        var last = Last(before, "Events");
        var events = await db.Events.AsNoTracking()
            .Where(e => e.Id > last && e.Type != EventType.NotificationFailing && e.Type != EventType.NotificationSwitchedOff)
            .OrderBy(e => e.Id).ToListAsync(stop);
        Assert.Equal(events.Select(e => e.Id), answer.EventIds);
        var notifications = await db.Notifications.AsNoTracking().Select(n => n.Id).OrderBy(id => id).ToListAsync(stop);
        var ids = events.Select(e => e.Id).ToList();
        var deliveries = await db.Deliveries.AsNoTracking().Where(d => ids.Contains(d.EventId))
            .Select(d => new { d.EventId, d.NotificationId }).ToListAsync(stop);
        // A test is for one alone.
        foreach (var raised in events.Where(e => !e.IsTest))
        {
            var concerned = deliveries.Where(d => d.EventId == raised.Id).Select(d => d.NotificationId!.Value)
                .Concat(ExcludedRecipient.Read(raised.LeftOut).Select(e => e.Id));
            Assert.Equal(notifications, concerned.Order());
        }

        var lastEntry = Last(before, "AuditEntries");
        var entries = await db.AuditEntries.AsNoTracking().Where(e => e.Id > lastEntry && e.ActorKind == AuditActorKind.ApiKey)
            .ToListAsync(stop);
        Assert.True(entries.Count > 0 || written.Count == 0, $"{operation} wrote {string.Join(", ", written)} and no audit entry.");
        Assert.All(entries, entry => Assert.Equal("everything", entry.ActorName));
        Assert.Empty(ids.Except(entries.SelectMany(e => e.EventIds ?? [])));
    }

    /// <summary>What was previewed is what happened: the same events in the same order, for the same notifications.</summary>
    private async Task DemandAsPreviewedAsync(JsonNode preview, Answered answer, CancellationToken stop)
    {
        await using var db = await ground.Contexts.CreateDbContextAsync(stop);
        var happened = new List<string>();
        foreach (var id in answer.EventIds)
        {
            var raised = await db.Events.AsNoTracking().SingleAsync(e => e.Id == id, stop);
            var recipients = (await db.Deliveries.AsNoTracking().Where(d => d.EventId == id).ToListAsync(stop))
                .Select(d => (Id: d.NotificationId!.Value, Outcome: d.State == DeliveryState.Skipped ? "skipped" : "pending"))
                .Concat(ExcludedRecipient.Read(raised.LeftOut).Select(e => (e.Id, Outcome: "not_subscribed")));
            happened.Add($"{raised.Type.WireName()} {string.Join(", ", recipients.OrderBy(r => r.Id).Select(r => $"{r.Id} {r.Outcome}"))}");
        }
        Assert.Equal(
            from e in preview["events"]!.AsArray()
            let recipients = e["recipients"]!.AsArray().OrderBy(r => (int)r!["id"]!).Select(r => $"{r!["id"]} {r["outcome"]}")
            select $"{e["event"]} {string.Join(", ", recipients)}",
            happened);
        ground.Figures.Previewed++;
    }

    private void Remember(FuzzRequest request, HttpResponseMessage response, Answered answer)
    {
        if (answer.Status == 201)
        {
            // Its own address, or that of its list where it has none.
            var address = response.Headers.Location!.OriginalString.Split('?')[0].Split('/');
            _pool.Add(address.Last(part => !char.IsAsciiDigit(part[0])), answer.Body!["id"]!.ToJsonString());
        }
        foreach (var id in answer.EventIds)
            _pool.Add("events", id.ToString(CultureInfo.InvariantCulture));
        var parts = request.Path.Split('/');
        if (request.Method == "DELETE" && answer.Status == 204)
            _pool.Remove(parts[0], parts[1]);
        if (answer.Body is JsonObject body && body["data"] is JsonArray data && parts.Length == 1)
        {
            foreach (var item in data.Take(5))
                _pool.Add(parts[0], item!["id"]!.ToJsonString());
        }
    }

    private static long Last(IReadOnlyDictionary<string, string> state, string table) =>
        long.Parse(state[table].Split(' ')[^1], CultureInfo.InvariantCulture);

    private static IEnumerable<string> Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values)
            ? values.SelectMany(v => v.Split(',', StringSplitOptions.RemoveEmptyEntries))
            : [];
}
