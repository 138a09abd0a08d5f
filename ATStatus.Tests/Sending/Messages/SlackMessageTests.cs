using System.Text;
using System.Text.Json;
using ATStatus.Core.Events;
using ATStatus.Core.Sending.Slack;
using CsCheck;

namespace ATStatus.Tests.Sending.Messages;

/// <summary>What Slack gets: within its limits whatever stands in an event, and pinging nobody.</summary>
public sealed class SlackMessageTests : IDisposable
{
    private const string PageUrl = "https://status.example.com/?a=1&b=2";
    private static readonly Dictionary<string, string> Nothing = [];

    private readonly SendingRig _rig = new();
    private readonly SlackSender _sender;

    public SlackMessageTests() => _sender = new SlackSender(_rig.Post, _rig.Policy);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void An_incident_as_Slack_gets_it() => Assert.Equal(
        """
        {"text":"New incident on Main Status: API &lt;down&gt;","unfurl_links":false,"unfurl_media":false,"blocks":[{"type":"header","text":{"type":"plain_text","text":"API &lt;down&gt;","emoji":false}},{"type":"context","elements":[{"type":"mrkdwn","text":"*New incident* · Main Status","verbatim":true}]}],"attachments":[{"color":"#E8710A","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"See <https://example.com/a?b=1&amp;c=2>. &lt;!channel&gt; R&amp;D","verbatim":true}},{"type":"section","fields":[{"type":"mrkdwn","text":"*Status*\nInvestigating","verbatim":true},{"type":"mrkdwn","text":"*Severity*\nMajor","verbatim":true},{"type":"mrkdwn","text":"*Started*\n<!date^1768391700^{date_short_pretty} {time}|2026-01-14 11:55 UTC>","verbatim":true},{"type":"mrkdwn","text":"*Components*\nAPI, Dashboard","verbatim":true}]},{"type":"context","elements":[{"type":"mrkdwn","text":"<!date^1768392000^{date_short_pretty} {time}|2026-01-14 12:00 UTC>","verbatim":true},{"type":"mrkdwn","text":"<https://status.example.com/?a=1&amp;b=2|Open the status page>","verbatim":true}]}]}]}
        """,
        Encoding.UTF8.GetString(_sender.BodyOf(
            NastyEvents.Incident(title: "API <down>", message: "See https://example.com/a?b=1&c=2. <!channel> R&D"), Nothing, PageUrl).Span));

    [Fact]
    public void Every_event_keeps_to_the_limits() => Assert.All(
        NastyEvents.Samples.Concat(NastyEvents.Extremes), payload => Assert.Empty(SlackLimits.Violations(Json(payload))));

    [Fact]
    public void Any_text_keeps_to_the_limits_and_pings_nobody() => NastyEvents.Saves.Sample(
        payload => { Assert.Empty(SlackLimits.Violations(Json(payload))); }, iter: 300);

    [Theory]
    [InlineData(IncidentSeverity.Minor, "#E6B400")]
    [InlineData(IncidentSeverity.Critical, "#C62828")]
    public void The_severity_has_its_colour_until_it_is_over(IncidentSeverity severity, string colour)
    {
        Assert.Equal(colour, Json(NastyEvents.Incident(severity: severity)).Items("attachments").Single().Text("color"));
        Assert.Equal(
            "#2E8B57", Json(NastyEvents.Incident(severity: severity, type: EventType.IncidentResolved)).Items("attachments").Single().Text("color"));
    }

    [Fact]
    public void Without_a_public_URL_the_page_is_only_named()
    {
        var message = SlackMessage.Of(NastyEvents.Incident(page: "R&D"), null);

        Assert.Equal("*New incident* · R&amp;D", message.Origin);
        Assert.Null(message.Link);
    }

    [Fact]
    public void A_component_s_change_has_no_text_of_its_own() => Assert.All(
        NastyEvents.Samples.Skip(6).Take(3), payload => Assert.Null(SlackMessage.Of(payload, PageUrl).Text));

    private JsonElement Json(byte[] payload) => Reading.Json(_sender.BodyOf(payload, Nothing, PageUrl));
}
