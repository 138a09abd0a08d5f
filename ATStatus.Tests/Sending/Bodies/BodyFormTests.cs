using System.Text;
using System.Text.Json;
using ATStatus.Core.Events;
using ATStatus.Core.Sending;
using ATStatus.Core.Sending.Bodies;
using ATStatus.Tests.Sending.Messages;
using ATStatus.Tests.Support;
using CsCheck;

namespace ATStatus.Tests.Sending.Bodies;

/// <summary>The forms that a webhook's body can have beside the documented one.</summary>
public sealed class BodyFormTests
{
    private static readonly Guid Request = Guid.Parse("0198c9a2-0000-7000-8000-0000000000aa");

    public static TheoryData<EventType> Types => [.. EventTypes.Every];

    [Fact]
    public void Whatever_is_typed_each_form_is_a_fixed_point_of_JavaScript()
    {
        SendOptions[] forms =
        [
            new() { Body = BodyKind.Statuspage }, new() { Body = BodyKind.CloudEvents },
            new() { Body = BodyKind.Template, TemplateBody = TemplateBody.Sample },
        ];
        NastyEvents.Payloads.Sample(
            payload =>
            {
                using var javaScript = new JavaScriptJson();
                foreach (var form in forms)
                {
                    var body = BodyRenderer.Render(form, new BodySource(payload, Request), 4_000_000);
                    Assert.Null(body.Problem);
                    javaScript.AssertFixedPoint(body.Content);
                }
            },
            iter: 300);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void CloudEvents_has_the_attributes_of_its_specification_and_the_documented_data(EventType type)
    {
        var payload = Payload(type);
        using var body = JsonDocument.Parse(Render(BodyKind.CloudEvents, payload));
        using var documented = JsonDocument.Parse(payload);
        var root = body.RootElement;

        Assert.Equal(["specversion", "id", "type", "source", "time", "datacontenttype", "data"], root.EnumerateObject().Select(p => p.Name));
        Assert.Equal(
            ("1.0", Request.ToString(), type.WireName(), type.IsAlert() ? "urn:atstatus:console" : "urn:atstatus:main", "2026-01-14T12:00:00Z", "application/json"),
            (Text("specversion"), Text("id"), Text("type"), Text("source"), Text("time"), Text("datacontenttype")));
        Assert.Equal(documented.RootElement.GetProperty("data").GetRawText(), root.GetProperty("data").GetRawText());

        string? Text(string name) => root.GetProperty(name).GetString();
    }

    [Fact]
    public void Statuspage_s_form_tells_an_incident_with_the_update_that_raised_it()
    {
        var payload = NastyEvents.Incident("API down", "We are looking.", ["API", "Dashboard"]);
        using var body = JsonDocument.Parse(BodyRenderer.Render(
            new() { Body = BodyKind.Statuspage }, new BodySource(payload, Request, [4, 9], "https://status.example.com"), 100_000).Content);
        var (root, incident) = (body.RootElement, body.RootElement.GetProperty("incident"));

        Assert.Equal(["meta", "page", "incident"], root.EnumerateObject().Select(p => p.Name));
        Assert.Equal("2026-01-14T12:00:00.000Z", root.GetProperty("meta").GetProperty("generated_at").GetString());
        Assert.Equal(("7", "major", "Partial System Outage"), (
            root.GetProperty("page").GetProperty("id").GetString(), root.GetProperty("page").GetProperty("status_indicator").GetString(),
            root.GetProperty("page").GetProperty("status_description").GetString()));
        Assert.Equal(("1", "API down", "investigating", "major", "2026-01-14T11:55:00.000Z", "https://status.example.com"), (
            incident.GetProperty("id").GetString(), incident.GetProperty("name").GetString(), incident.GetProperty("status").GetString(),
            incident.GetProperty("impact").GetString(), incident.GetProperty("created_at").GetString(), incident.GetProperty("shortlink").GetString()));
        var update = Assert.Single(incident.GetProperty("incident_updates").EnumerateArray());
        Assert.Equal(("We are looking.", "investigating", "1"), (
            update.GetProperty("body").GetString(), update.GetProperty("status").GetString(), update.GetProperty("incident_id").GetString()));
        Assert.Equal(["4 API", "9 Dashboard"], update.GetProperty("affected_components").EnumerateArray()
            .Select(c => $"{c.GetProperty("code").GetString()} {c.GetProperty("name").GetString()}"));
    }

    [Theory]
    [InlineData(EventType.MaintenanceScheduled, "scheduled", "none")]
    [InlineData(EventType.MaintenanceStarted, "in_progress", "maintenance")]
    [InlineData(EventType.MaintenanceUpdated, "in_progress", "maintenance")]
    [InlineData(EventType.MaintenanceCompleted, "completed", "none")]
    public void Statuspage_s_form_tells_maintenance_as_an_incident_with_its_times(EventType type, string status, string indicator)
    {
        using var body = JsonDocument.Parse(Render(BodyKind.Statuspage, Payload(type)));
        var incident = body.RootElement.GetProperty("incident");

        Assert.Equal((status, "maintenance", indicator), (
            incident.GetProperty("status").GetString(), incident.GetProperty("impact").GetString(),
            body.RootElement.GetProperty("page").GetProperty("status_indicator").GetString()));
        Assert.EndsWith(".000Z", incident.GetProperty("scheduled_for").GetString(), StringComparison.Ordinal);
        Assert.EndsWith(".000Z", incident.GetProperty("scheduled_until").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Statuspage_s_form_tells_a_component_s_change_in_its_words()
    {
        using var body = JsonDocument.Parse(Render(BodyKind.Statuspage, Payload(EventType.ComponentStatusChanged)));
        var (root, update) = (body.RootElement, body.RootElement.GetProperty("component_update"));

        Assert.Equal(["meta", "page", "component_update", "component"], root.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("operational", "degraded_performance", "5"), (
            update.GetProperty("old_status").GetString(), update.GetProperty("new_status").GetString(), update.GetProperty("component_id").GetString()));
        Assert.Equal(("5", "API Gateway", "degraded_performance"), (
            root.GetProperty("component").GetProperty("id").GetString(), root.GetProperty("component").GetProperty("name").GetString(),
            root.GetProperty("component").GetProperty("status").GetString()));
    }

    [Fact]
    public void An_alert_is_an_incident_in_Statuspage_s_form()
    {
        using var body = JsonDocument.Parse(Render(BodyKind.Statuspage, Payload(EventType.NotificationFailing)));
        Assert.Equal("Notification failing: On-call pager", body.RootElement.GetProperty("incident").GetProperty("name").GetString());
    }

    /// <summary>What JavaScript would write again, for texts that System.Text.Json takes.</summary>
    [Theory]
    [InlineData("""{ "b" : 1.0, "a" : [ 1E2 , -0, 1e21 ] }""", """{"b":1,"a":[100,0,1e+21]}""")]
    [InlineData("""{"x":1,"2":2,"x":3,"10":4,"1":5,"01":6}""", """{"1":5,"2":2,"10":4,"x":3,"01":6}""")]
    [InlineData("\"\\u00e9\\/\\u001f\"", "\"é/\\u001f\"")]
    [InlineData("12345678901234567890", "12345678901234567000")]
    [InlineData("null", "null")]
    public void Json_is_written_again_as_JavaScript_does(string json, string expected)
    {
        var written = CanonicalJson.Rewrite(Encoding.UTF8.GetBytes(json));
        using var javaScript = new JavaScriptJson();
        Assert.Equal((expected, expected), (Encoding.UTF8.GetString(written), javaScript.Stringify(javaScript.Parse(json))));
    }

    [Theory]
    [InlineData("1e999")]
    [InlineData("\"\\ud83d\"")]
    [InlineData("{\"\\ud83d\":1}")]
    public void What_JavaScript_would_not_keep_is_refused(string json) =>
        Assert.Throws<FormatException>(() => CanonicalJson.Rewrite(Encoding.UTF8.GetBytes(json)));

    private static byte[] Payload(EventType type)
    {
        var (page, data) = SampleEvents.For(type, NastyEvents.Noon);
        return EventPayload.Write(type, NastyEvents.Noon, page, data);
    }

    private static byte[] Render(BodyKind kind, byte[] payload)
    {
        var body = BodyRenderer.Render(new() { Body = kind }, new BodySource(payload, Request), 100_000);
        Assert.Null(body.Problem);
        return body.Content!;
    }
}
