using System.Text;
using ATStatus.Core.Events;

namespace ATStatus.Tests.Events;

public sealed class SampleEventsTests
{
    private static readonly DateTime Noon = new(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Every_event_has_a_sample_that_can_be_sent()
    {
        Assert.All(EventTypes.Every, type =>
        {
            var (page, data) = SampleEvents.For(type, Noon);
            Assert.NotEmpty(EventPayload.Write(type, Noon, page, data));
        });
    }

    [Theory]
    [InlineData(EventType.IncidentCreated,
        "{\"id\":123,\"title\":\"API Connectivity Issues\",\"status\":\"investigating\",\"severity\":\"major\"," +
        "\"message\":\"We are investigating reports of API errors.\",\"components\":[\"API\",\"Dashboard\"]," +
        "\"startedAt\":\"2026-01-14T12:00:00Z\"}")]
    [InlineData(EventType.MaintenanceScheduled,
        "{\"id\":45,\"title\":\"Database Maintenance\",\"message\":\"Scheduled database maintenance window.\"," +
        "\"components\":[\"Database\"],\"windowStart\":\"2026-01-15T02:00:00Z\",\"windowEnd\":\"2026-01-15T04:00:00Z\"}")]
    [InlineData(EventType.ComponentStatusChanged,
        "{\"id\":5,\"name\":\"API Gateway\",\"previousStatus\":\"operational\",\"newStatus\":\"degraded\",\"uptimePercent\":99.5}")]
    public void At_the_documents_moment_the_samples_are_the_documents(EventType type, string expected)
    {
        var (page, data) = SampleEvents.For(type, Noon);

        Assert.Equal(new StatusPageRef(1, "Main Status", "main"), page);
        Assert.EndsWith(
            $",\"data\":{expected}}}", Encoding.UTF8.GetString(EventPayload.Write(type, Noon, page, data)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_test_says_so_in_its_title_and_is_otherwise_the_same()
    {
        Assert.All(EventTypes.Every, type =>
        {
            var (page, data) = SampleEvents.For(type, Noon);
            var (_, test) = SampleEvents.For(type, Noon, test: true);
            var plain = Encoding.UTF8.GetString(EventPayload.Write(type, Noon, page, data));
            var marked = Encoding.UTF8.GetString(EventPayload.Write(type, Noon, page, test));

            var label = type.Group() switch
            {
                EventGroup.Components => "\"data\":{\"id\":5,\"name\":\"",
                EventGroup.Notifications => "\"data\":{\"id\":7,\"name\":\"",
                _ => "\"title\":\"",
            };
            Assert.Equal(plain.Replace(label, label + "[Test] ", StringComparison.Ordinal), marked);
        });
    }

    [Fact]
    public void A_given_page_is_used()
    {
        var page = new StatusPageRef(7, "Internal", "internal");

        Assert.Same(page, SampleEvents.For(EventType.IncidentCreated, Noon, page).Page);
    }

    [Fact]
    public void An_alert_happens_on_no_page() =>
        Assert.All(EventTypes.Alerts, type => Assert.Null(SampleEvents.For(type, Noon, new StatusPageRef(7, "Internal", "internal")).Page));

    [Fact]
    public void Now_must_be_UTC() => Assert.Throws<ArgumentException>(
        () => SampleEvents.For(EventType.IncidentCreated, DateTime.SpecifyKind(Noon, DateTimeKind.Local)));
}
