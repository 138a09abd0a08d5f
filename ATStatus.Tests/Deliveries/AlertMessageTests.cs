using System.Text;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Events;
using ATStatus.Core.Sending;
using ATStatus.Core.Sending.Messages;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Deliveries;

/// <summary>An alert reads in every type as what it is.</summary>
public sealed class AlertMessageTests
{
    private static readonly DateTime Noon = new(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc);

    private static readonly NotificationData Data = new(
        7, "On-call @everyone *pager*", "webhook", "A delivery was given up. All 3 attempts failed.", "http_status", 500, Noon.AddHours(-1))
    {
        Delivery = new FailedDelivery(12, EventType.IncidentCreated, 34, "https://ops.example.com/console/admin/deliveries/12"),
    };

    [Fact]
    public async Task Each_chat_service_gets_a_message_that_names_the_notification_and_the_reason()
    {
        await using var app = await CoreApp.StartAsync();
        var payload = EventPayload.Write(EventType.NotificationFailing, Noon, null, Data);
        foreach (var sender in app.Get<IEnumerable<IDeliverySender>>().Where(s => !s.SignsRequests))
        {
            var body = Encoding.UTF8.GetString(sender.BodyOf(payload, new Dictionary<string, string>(), "https://status.example.com/").Span);
            Assert.Contains("Notification failing", body, StringComparison.Ordinal);
            Assert.Contains("the ATStatus console", body, StringComparison.Ordinal);
            Assert.Contains("All 3 attempts failed", body, StringComparison.Ordinal);
            Assert.Contains("pager", body, StringComparison.Ordinal);
            // Operators want the delivery, not the public page.
            Assert.Contains(Data.Delivery!.Url!, body, StringComparison.Ordinal);
            Assert.DoesNotContain("status.example.com", body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Its_words_are_those_of_a_message()
    {
        var failing = Announcement.Of(EventPayload.Write(EventType.NotificationFailing, Noon, null, Data with { StatusCode = null, Failure = "timeout", LastSuccessAt = null }), null);
        Assert.Equal(("Notification failing", "On-call @everyone *pager*", MessageTone.Major), (failing.Headline, failing.Title, failing.Tone));
        Assert.Equal(["Last attempt timeout", "Last success never", "Delivery #12, incident.created"], failing.Facts.Select(f => $"{f.Label} {f.Text}"));
        var off = Announcement.Of(EventPayload.Write(EventType.NotificationSwitchedOff, Noon, null, Data), null);
        Assert.Equal(("Notification switched off", MessageTone.Critical), (off.Headline, off.Tone));
        Assert.Equal(new MessageLink(Data.Delivery!.Url!, "Open the delivery"), off.Link);
        Assert.Null(Announcement.Of(EventPayload.Write(
            EventType.NotificationFailing, Noon, null, Data with { Delivery = Data.Delivery with { Url = null } }), "https://status.example.com/").Link);
    }

    [Fact]
    public void The_delivery_comes_after_the_last_success_with_its_address_where_that_is_known()
    {
        var text = Encoding.UTF8.GetString(EventPayload.Write(EventType.NotificationFailing, Noon, null, Data));
        Assert.EndsWith(
            ",\"lastSuccessAt\":\"2026-01-14T11:00:00Z\",\"deliveryId\":12,\"event\":\"incident.created\",\"eventId\":34,\"url\":\"https://ops.example.com/console/admin/deliveries/12\"}}",
            text, StringComparison.Ordinal);
        var unknown = EventPayload.Write(EventType.NotificationFailing, Noon, null, Data with { Delivery = Data.Delivery! with { Url = null } });
        Assert.EndsWith(",\"eventId\":34,\"url\":null}}", Encoding.UTF8.GetString(unknown), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => EventPayload.Write(EventType.NotificationFailing, Noon, null, Data with { Delivery = null }));
    }

    [Fact]
    public void An_alert_that_an_earlier_version_stored_is_read_without_its_delivery()
    {
        var stored = """{"event":"notification.failing","timestamp":"2026-01-14T12:00:00Z","statusPage":null,"data":{"id":7,"name":"Pager","type":"webhook","reason":"A delivery was given up.","failure":"timeout","statusCode":null,"lastSuccessAt":null}}""";
        Assert.Null(Assert.IsType<NotificationData>(EventPayloadReader.Read(Encoding.UTF8.GetBytes(stored)).Data).Delivery);
        Assert.Equal("Pager", Announcement.Of(Encoding.UTF8.GetBytes(stored), null).Title);
    }

    [Theory]
    [InlineData("https://ops.example.com", "https://ops.example.com/admin/deliveries/12")]
    [InlineData("https://ops.example.com/console/", "https://ops.example.com/console/admin/deliveries/12")]
    [InlineData(null, null)]
    public void A_deliverys_address_has_the_consoles_path_base(string? publicUrl, string? address) =>
        Assert.Equal(address, new ConsoleAddress(publicUrl is null ? null : new Uri(publicUrl)).OfDelivery(12));

    [Theory]
    [InlineData(EventType.NotificationFailing)]
    [InlineData(EventType.NotificationSwitchedOff)]
    public void It_is_no_event_of_a_page_and_comes_back_as_it_was_written(EventType type)
    {
        var read = EventPayloadReader.Read(EventPayload.Write(type, Noon, null, Data));
        Assert.Equal((type, Noon, null, Data), (read.Type, read.Timestamp, read.Page, read.Data));
        Assert.DoesNotContain(type, EventTypes.All);
        Assert.Contains(type, EventTypes.Alerts);
        Assert.True(EventTypes.TryParse(type.WireName(), out var parsed) && parsed == type);
        Assert.Equal("notification", type.Subject());
        Assert.NotEmpty(type.Description());
        Assert.Throws<ArgumentException>(() => EventPayload.Write(type, Noon, new StatusPageRef(1, "Main", "main"), Data));
        Assert.Throws<ArgumentException>(() => EventPayload.Write(EventType.IncidentCreated, Noon, null, Data));
    }
}
