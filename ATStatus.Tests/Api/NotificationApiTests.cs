using System.Net;
using System.Text.Json.Nodes;
using ATStatus.Core.Model;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Api;

/// <summary>Notifications, tests of them, the log and what can be done about it, as a script meets them.</summary>
public sealed class NotificationApiTests : ApiTest
{
    private LoopbackReceiver? _receiver;
    private int _page;

    protected override ConsoleAppOptions Options => base.Options with
    {
        Settings = new() { ["Webhooks:AllowedNetworks"] = "127.0.0.0/8", ["Webhooks:MaxAttempts"] = "1" },
    };

    private LoopbackReceiver Receiver => _receiver!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _receiver = LoopbackReceiver.Start();
        _page = await AddPageAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_receiver is not null)
            await _receiver.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_change_that_changes_nothing_is_no_new_version_and_one_of_the_filters_is()
    {
        var made = (await PostAsync("notifications", new { name = "Ops", url = Receiver.Url, events = (string[])["incident.created"] }))
            .Is(HttpStatusCode.Created);
        Assert.Equal(made.ETag, (await PatchAsync($"notifications/{made.Id}", new { name = "Ops" })).Is(HttpStatusCode.OK).ETag);
        var changed = await PatchAsync($"notifications/{made.Id}", new { events = (string[])["incident.resolved"] });
        Assert.NotEqual(made.ETag, changed.Is(HttpStatusCode.OK).ETag);
    }

    [Fact]
    public async Task A_body_and_a_rate_limit_are_set_answered_sent_back_and_taken_away()
    {
        var made = (await PostAsync("notifications", new
        {
            name = "Ops",
            url = Receiver.Url,
            events = (string[])["incident.created"],
            body = new { kind = "template", template = "{\"t\":\"{{ data.title }}\"}" },
            rateLimit = new { count = 10, per = "minute" },
        })).Is(HttpStatusCode.Created);
        Assert.Equal("""{"kind":"template","template":"{\u0022t\u0022:\u0022{{ data.title }}\u0022}"}""", made["body"]!.ToJsonString());
        Assert.Equal("""{"count":10,"per":"minute"}""", made["rateLimit"]!.ToJsonString());
        Assert.Equal(made.ETag, (await PatchAsync($"notifications/{made.Id}", new { body = made["body"]!.DeepClone(), rateLimit = made["rateLimit"]!.DeepClone() })).Is(HttpStatusCode.OK).ETag);

        var test = (await PostAsync($"notifications/{made.Id}/test", new { })).Is(HttpStatusCode.OK);
        Assert.Equal("""{"t":"[Test] API Connectivity Issues"}""", Assert.Single(Receiver.Requests).Text);
        Assert.Equal(Receiver.Requests[0].Text, (string?)(await GetAsync($"deliveries/{test["deliveryId"]}")).Is(HttpStatusCode.OK)["requestBody"]);

        foreach (var (wrong, field) in new (object, string)[]
        {
            (new { body = new { kind = "template", template = "{" } }, "body.template"), (new { body = new { kind = "xml" } }, "body"), (new { body = new { } }, "body"),
            (new { rateLimit = new { count = 0 } }, "rateLimit"), (new { rateLimit = new { count = 1, per = "hour" } }, "rateLimit"), (new { rateLimit = new { } }, "rateLimit"),
        })
        {
            var refused = (await PatchAsync($"notifications/{made.Id}", wrong)).Is(HttpStatusCode.UnprocessableEntity);
            Assert.Equal([field], refused["errors"]!.AsObject().Select(e => e.Key));
        }
        var plain = (await PatchAsync($"notifications/{made.Id}", new { body = (object?)null, rateLimit = (object?)null })).Is(HttpStatusCode.OK);
        Assert.Equal(("documented", null), ((string?)plain["body"]!["kind"], plain["rateLimit"]));
    }

    [Fact]
    public async Task A_notification_is_made_changed_and_deleted_and_gives_no_secret_out()
    {
        const string secret = "a secret of sixteen", token = "very-secret-token-0123456789";
        var component = await AddComponentAsync(_page, "API");
        var made = (await PostAsync("notifications", new
        {
            name = "Ops",
            url = $"https://hooks.example.com/services/{token}",
            secret,
            events = (string[])["incident.created", "maintenance.reminder"],
            statusPageIds = new[] { _page },
            componentIds = new[] { component },
            minSeverity = "major",
            inOrder = true,
            isEnabled = false,
            headers = new[] { new { name = "X-Team", value = "blue-secret" } },
            standardWebhooks = true,
        })).Is(HttpStatusCode.Created);
        Assert.Equal(("webhook", true, false, "By hand."), (made.Text("type"), (bool)made["hasSecret"]!, (bool)made["isEnabled"]!, made.Text("disabledReason")));
        Assert.DoesNotContain(token, made.Body!.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(secret, made.Body.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("blue-secret", made.Body.ToJsonString(), StringComparison.Ordinal);

        // What was read can be sent back: URL, secret and header stay what they are.
        var same = (await PatchAsync($"notifications/{made.Id}", made.Body.ToJsonString())).Is(HttpStatusCode.OK);
        Assert.Equal(["X-Team"], same["headers"]!.AsArray().Select(h => (string)h!["name"]!));
        Assert.True((bool)same["hasSecret"]!);
        var changed = (await PatchAsync($"notifications/{made.Id}", new
        {
            name = "Operations",
            events = (string[])["incident.created"],
            statusPageIds = (int[]?)null,
            minSeverity = (string?)null,
            secret = (string?)null,
            isEnabled = true,
        })).Is(HttpStatusCode.OK);
        Assert.Equal(("Operations", false, true, true), (changed.Text("name"), (bool)changed["hasSecret"]!, (bool)changed["isEnabled"]!, (bool)changed["inOrder"]!));
        Assert.Null(changed["statusPageIds"]);
        Assert.Equal([component], changed["componentIds"]!.AsArray().Select(c => (int)c!));
        (await SendAsync(HttpMethod.Patch, $"notifications/{made.Id}", new { name = "Mine" }, headers: ("If-Match", made.ETag!))).Is(HttpStatusCode.PreconditionFailed);

        (await DeleteAsync($"notifications/{made.Id}")).Is(HttpStatusCode.NoContent);
        (await GetAsync($"notifications/{made.Id}")).Is(HttpStatusCode.NotFound);
        Assert.DoesNotContain(App.Logs, line => line.Contains(token, StringComparison.Ordinal) || line.Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Groups_are_chosen_beside_components_and_left_out_they_stay()
    {
        var component = await AddComponentAsync(_page, "API");
        var group = (await PostAsync("component-groups", new { name = "Europe", statusPageId = _page })).Is(HttpStatusCode.Created).Id;
        var made = (await PostAsync("notifications", new { name = "Ops", url = Receiver.Url, events = (string[])["component.created"], groupIds = new[] { group } }))
            .Is(HttpStatusCode.Created);
        Assert.Equal(("[]", $"[{group}]"), Limits(made));
        Assert.Equal(("[]", $"[{group}]"), Limits(await PatchAsync($"notifications/{made.Id}", new { name = "Operations" })));
        Assert.Equal(($"[{component}]", $"[{group}]"), Limits(await PatchAsync($"notifications/{made.Id}", new { componentIds = new[] { component } })));
        Assert.Equal(("[]", $"[{group}]"), Limits(await PatchAsync($"notifications/{made.Id}", new { componentIds = (int[]?)null })));

        // Taking the last one away is not everything.
        foreach (var none in (object[])[new { groupIds = Array.Empty<int>() }, new { groupIds = (int[]?)null }])
            Assert.Equal(["componentIds"], (await PatchAsync($"notifications/{made.Id}", none)).Is(HttpStatusCode.UnprocessableEntity).Errors);
        var unknown = group + 1;
        Assert.Equal(["groupIds"], (await PatchAsync($"notifications/{made.Id}", new { groupIds = new[] { unknown } })).Is(HttpStatusCode.UnprocessableEntity).Errors);

        (await PostAsync("components", new { name = "Later", statusPageId = _page, groupId = group, status = "operational" })).Is(HttpStatusCode.Created);
        (await PostAsync("components", new { name = "Elsewhere", statusPageId = _page, status = "operational" })).Is(HttpStatusCode.Created);
        Assert.Contains("Later", Assert.Single(await Receiver.WaitForAsync(1)).Text, StringComparison.Ordinal);
        Assert.Equal(("null", "null"), Limits(await PatchAsync($"notifications/{made.Id}", new { componentIds = (int[]?)null, groupIds = (int[]?)null })));

        static (string, string) Limits(Answer answer)
        {
            var body = answer.Is(answer.Status is HttpStatusCode.Created ? HttpStatusCode.Created : HttpStatusCode.OK).Body!;
            return (body["componentIds"]?.ToJsonString() ?? "null", body["groupIds"]?.ToJsonString() ?? "null");
        }
    }

    [Fact]
    public async Task What_is_wrong_stands_beside_its_field()
    {
        var empty = (await PostAsync("notifications", new { })).Is(HttpStatusCode.UnprocessableEntity);
        Assert.Equal(["events", "name", "url"], empty.Errors.Order());
        var wrong = (await PostAsync("notifications", new { type = "discord", name = "D", url = "https://example.com", events = (string[])["incident.created"], settings = new { threadId = "x" } }))
            .Is(HttpStatusCode.UnprocessableEntity);
        Assert.Equal(["settings.threadId", "url"], wrong.Errors.Order());
        Assert.Equal(["type"], (await PostAsync("notifications", new { type = "fax", name = "F", url = "https://example.com", events = (string[])["incident.created"] }))
            .Is(HttpStatusCode.UnprocessableEntity).Errors);
        Assert.Equal(["events", "minSeverity", "tlsTrust"], (await PostAsync("notifications", new
        {
            name = "N",
            url = "https://example.com",
            events = (string[])["incident.closed"],
            minSeverity = "bad",
            tlsTrust = "none",
        })).Is(HttpStatusCode.UnprocessableEntity).Errors.Order());
        Assert.Equal(["headers[0].name"], (await PostAsync("notifications", new
        {
            name = "N",
            url = Receiver.Url,
            events = (string[])["incident.created"],
            headers = new[] { new { name = "Host", value = "x" } },
        })).Is(HttpStatusCode.UnprocessableEntity).Errors);
        (await PostAsync("notifications", new { name = "N", url = Receiver.Url, events = (string[])["incident.created"], headers = new[] { new { nmae = "X" } } })).Is(HttpStatusCode.BadRequest);
        Assert.Empty((await PostAsync("notifications?preview=true", new { name = "N", url = Receiver.Url, events = (string[])["incident.created"] })).Is(HttpStatusCode.OK)["events"]!.AsArray());
        Assert.Empty((await GetAsync("notifications")).Is(HttpStatusCode.OK)["data"]!.AsArray());
    }

    [Fact]
    public async Task A_test_answers_its_outcome_and_bodies_are_for_who_may_see_them()
    {
        var id = await SubscribeAsync();
        var test = (await PostAsync($"notifications/{id}/test", new { @event = "maintenance.started" })).Is(HttpStatusCode.OK);
        Assert.Equal(("delivered", 200), (test.Text("outcome"), (int)test["statusCode"]!));
        Assert.Contains("[Test] ", (await Receiver.WaitForAsync(1))[0].Text, StringComparison.Ordinal);
        Receiver.Script(ScriptedResponse.Status(500));
        var failed = (await PostAsync($"notifications/{id}/test")).Is(HttpStatusCode.OK);
        Assert.Equal(("failed", "http_status"), (failed.Text("outcome"), failed.Text("failure")));
        Assert.Equal(["event"], (await PostAsync($"notifications/{id}/test", new { @event = "notification.failing" })).Is(HttpStatusCode.UnprocessableEntity).Errors);
        (await PostAsync("notifications/99/test")).Is(HttpStatusCode.NotFound);

        var whole = (await GetAsync($"deliveries/{test["deliveryId"]}")).Is(HttpStatusCode.OK);
        Assert.Equal("maintenance.started", (string)whole["payload"]!["event"]!);
        Assert.NotNull(whole["attempts"]![0]!["responseBody"]);
        var reader = await MakeKeyAsync("reader", ApiScopes.ReadDeliveries);
        var masked = (await SendAsync(HttpMethod.Get, $"deliveries/{test["deliveryId"]}", key: reader)).Is(HttpStatusCode.OK);
        Assert.Null(masked["payload"]);
        Assert.Null(masked["attempts"]![0]!["responseBody"]);
        Assert.Single((await GetAsync("deliveries?isTest=true&httpStatus=5xx")).Is(HttpStatusCode.OK)["data"]!.AsArray());
        Assert.Empty((await GetAsync("deliveries?isTest=false")).Is(HttpStatusCode.OK)["data"]!.AsArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_preview_of_a_test_tells_what_the_test_is_and_who_receives_it(bool isEnabled)
    {
        await SubscribeAsync();
        var id = await SubscribeAsync();
        (await PatchAsync($"notifications/{id}", new { isEnabled })).Is(HttpStatusCode.OK);
        object body = new { @event = "component.created" };
        var preview = (await PostAsync($"notifications/{id}/test?preview=true", body)).Is(HttpStatusCode.OK);
        Assert.Empty(Receiver.Requests);
        Assert.Empty(await DataAsync("deliveries"));
        var test = (await PostAsync($"notifications/{id}/test", body)).Is(HttpStatusCode.OK);
        var raised = (await GetAsync($"events/{Assert.Single(test.EventIds)}")).Is(HttpStatusCode.OK);
        var planned = Assert.Single(preview["events"]!.AsArray())!;
        Assert.Equal(raised.Text("event"), (string)planned["event"]!);
        Assert.Equal(raised["payload"]!["data"]!.ToJsonString(), planned["payload"]!["data"]!.ToJsonString());
        Assert.Equal([(id, "delivered")], raised["recipients"]!.AsArray().Select(r => ((int)r!["id"]!, (string)r["outcome"]!)));
        Assert.Equal([(id, "pending")], planned["recipients"]!.AsArray().Select(r => ((int)r!["id"]!, (string)r["outcome"]!)));
        await RefusedAlikeAsync(HttpStatusCode.UnprocessableEntity, $"notifications/{id}/test", new { @event = "notification.failing" });
        await RefusedAlikeAsync(HttpStatusCode.NotFound, "notifications/99/test", new { });
    }

    [Fact]
    public async Task What_failed_is_found_redelivered_and_recovered()
    {
        Receiver.Script(ScriptedResponse.Status(503));
        var id = await SubscribeAsync();
        var opened = (await PostAsync("incidents", new { title = "API down", statusPageId = _page, message = "We look." })).Is(HttpStatusCode.Created);
        await Receiver.WaitForAsync(1);
        await Eventually.TrueAsync(async () => (await DataAsync("deliveries?state=failed")).Count == 1);
        var failed = (await DataAsync("deliveries?state=failed"))[0];
        Assert.Equal((id, "incident.created", "http_status"), ((int)failed["notificationId"]!, (string)failed["event"]!, (string)failed["lastFailure"]!));
        Assert.Single(await DataAsync($"deliveries?notificationId={id}&event=incident.created&failure=http_status&httpStatus=503&search=api&since=2026-01-01T00:00:00Z"));
        Assert.Equal(["event", "httpStatus", "state", "until"], (await GetAsync("deliveries?state=lost&event=x&httpStatus=9&until=today")).Is(HttpStatusCode.UnprocessableEntity).Errors.Order());

        var told = (await GetAsync($"events/{opened.EventIds[0]}")).Is(HttpStatusCode.OK);
        Assert.Equal(("failed", (long)failed["id"]!), ((string)told["recipients"]![0]!["outcome"]!, (long)told["recipients"]![0]!["deliveryId"]!));
        (await GetAsync("events/99999")).Is(HttpStatusCode.NotFound);

        Receiver.Script(ScriptedResponse.Status(200));
        (await PostAsync($"deliveries/{failed["id"]}/cancel")).Is(HttpStatusCode.Conflict);
        Assert.Empty((await PostAsync($"deliveries/{failed["id"]}/redeliver?preview=true")).Is(HttpStatusCode.OK)["events"]!.AsArray());
        Assert.Single(Receiver.Requests);
        (await PostAsync($"deliveries/{failed["id"]}/redeliver")).Is(HttpStatusCode.OK);
        await Receiver.WaitForAsync(2);
        await Eventually.TrueAsync(async () => (await GetAsync($"deliveries/{failed["id"]}")).Is(HttpStatusCode.OK).Text("state") == "delivered");
        (await PostAsync("deliveries/99999/redeliver")).Is(HttpStatusCode.NotFound);

        (await PatchAsync($"notifications/{id}", new { isEnabled = false })).Is(HttpStatusCode.OK);
        (await PostAsync($"incidents/{opened.Id}/resolve")).Is(HttpStatusCode.OK);
        await RefusedAlikeAsync(HttpStatusCode.Conflict, $"notifications/{id}/recover", new { since = "2026-01-01T00:00:00Z" });
        (await PatchAsync($"notifications/{id}", new { isEnabled = true })).Is(HttpStatusCode.OK);
        await RefusedAlikeAsync(HttpStatusCode.UnprocessableEntity, $"notifications/{id}/recover", new { since = "2999-01-01T00:00:00Z" });
        await RefusedAlikeAsync(
            HttpStatusCode.Conflict, $"notifications/{id}/recover", new { since = "2026-01-01T00:00:00Z", skipped = false });
        await RefusedAlikeAsync(HttpStatusCode.NotFound, "notifications/99/recover", new { since = "2026-01-01T00:00:00Z" });
        // What is sent again are events of before.
        var preview = await PostAsync($"notifications/{id}/recover?preview=true", new { since = "2026-01-01T00:00:00Z" });
        Assert.Empty(preview.Is(HttpStatusCode.OK)["events"]!.AsArray());
        var run = (await PostAsync($"notifications/{id}/recover", new { since = "2026-01-01T00:00:00Z" })).Is(HttpStatusCode.Created);
        Assert.Equal((1, $"/api/v1/recoveries/{run.Id}"), ((int)run["total"]!, run.Headers["Location"]));
        Assert.Empty(run.EventIds);
        var last = (await Receiver.WaitForAsync(3))[2];
        Assert.Equal("incident.resolved", (string)JsonNode.Parse(last.Text)!["event"]!);
        await Eventually.TrueAsync(async () => (await GetAsync($"recoveries/{run.Id}")).Is(HttpStatusCode.OK)["finishedAt"] is not null);
    }

    [Fact]
    public async Task All_sending_is_paused_and_goes_on()
    {
        await SubscribeAsync();
        Assert.True((bool)(await PostAsync("sending/pause")).Is(HttpStatusCode.OK)["isPaused"]!);
        (await PostAsync("incidents", new { title = "API down", statusPageId = _page, message = "We look." })).Is(HttpStatusCode.Created);
        var paused = (await GetAsync("sending")).Is(HttpStatusCode.OK);
        Assert.Equal(("API key everything", 1), (paused.Text("pausedBy"), (int)paused["waiting"]!));
        Assert.Empty(Receiver.Requests);
        (await PostAsync("sending/resume?preview=true")).Is(HttpStatusCode.OK);
        Assert.True((bool)(await GetAsync("sending")).Is(HttpStatusCode.OK)["isPaused"]!);
        (await PostAsync("incidents", new { title = "Never told", statusPageId = _page, message = "X" })).Is(HttpStatusCode.Created);
        var waiting = (await DataAsync("deliveries?search=never"))[0];
        Assert.NotNull(waiting["hold"]);
        var cancelled = (await PostAsync($"deliveries/{waiting["id"]}/cancel")).Is(HttpStatusCode.OK);
        Assert.Equal(("skipped", "Cancelled by API key everything"), (cancelled.Text("state"), cancelled.Text("reason")));
        Assert.False((bool)(await PostAsync("sending/resume")).Is(HttpStatusCode.OK)["isPaused"]!);
        await Receiver.WaitForAsync(1);
    }

    /// <summary>A preview is refused as the write is.</summary>
    private async Task RefusedAlikeAsync(HttpStatusCode status, string path, object body)
    {
        var preview = (await PostAsync($"{path}?preview=true", body)).Is(status);
        Assert.Equal((await PostAsync(path, body)).Is(status).Body!.ToJsonString(), preview.Body!.ToJsonString());
    }

    private async Task<int> SubscribeAsync() => (await PostAsync("notifications", new
    {
        name = "Receiver",
        url = Receiver.Url,
        events = (string[])["incident.created", "incident.resolved"],
    })).Is(HttpStatusCode.Created).Id;

    private async Task<IReadOnlyList<JsonNode>> DataAsync(string path) => [.. (await GetAsync(path)).Is(HttpStatusCode.OK)["data"]!.AsArray().Select(d => d!)];
}
