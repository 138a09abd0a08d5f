using System.Text;
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
        7, "On-call @everyone *pager*", "webhook", "A delivery was given up. All 3 attempts failed.", "http_status", 500, Noon.AddHours(-1));

    [Fact]
    public async Task Each_chat_service_gets_a_message_that_names_the_notification_and_the_reason()
    {
        await using var app = await CoreApp.StartAsync();
        var payload = EventPayload.Write(EventType.NotificationFailing, Noon, null, Data);
        foreach (var sender in app.Get<IEnumerable<IDeliverySender>>().Where(s => !s.SignsRequests))
        {
            var body = Encoding.UTF8.GetString(sender.BodyOf(payload, new Dictionary<string, string>(), null).Span);
            Assert.Contains("Notification failing", body, StringComparison.Ordinal);
            Assert.Contains("the ATStatus console", body, StringComparison.Ordinal);
            Assert.Contains("All 3 attempts failed", body, StringComparison.Ordinal);
            Assert.Contains("pager", body, StringComparison.Ordinal);
            Assert.DoesNotContain("\"url\":null", body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Its_words_are_those_of_a_message()
    {
        var failing = Announcement.Of(EventPayload.Write(EventType.NotificationFailing, Noon, null, Data with { StatusCode = null, Failure = "timeout", LastSuccessAt = null }), null);
        Assert.Equal(("Notification failing", "On-call @everyone *pager*", MessageTone.Major), (failing.Headline, failing.Title, failing.Tone));
        Assert.Equal(["Last attempt timeout", "Last success never"], failing.Facts.Select(f => $"{f.Label} {f.Text}"));
        var off = Announcement.Of(EventPayload.Write(EventType.NotificationSwitchedOff, Noon, null, Data), null);
        Assert.Equal(("Notification switched off", MessageTone.Critical), (off.Headline, off.Tone));
    }

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
