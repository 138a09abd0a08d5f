using System.Text;
using ATStatus.Core.Events;
using ATStatus.Core.Sending.Teams;
using CsCheck;

namespace ATStatus.Tests.Sending.Messages;

/// <summary>What a workflow of Teams gets: a card of the published schema, small enough whatever stands in an event.</summary>
public sealed class TeamsMessageTests : IDisposable
{
    private const string PageUrl = "https://status.example.com/";
    private static readonly Dictionary<string, string> Nothing = [];

    private readonly SendingRig _rig = new();
    private readonly TeamsSender _sender;

    public TeamsMessageTests() => _sender = new TeamsSender(_rig.Post, _rig.Policy);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void An_incident_as_Teams_gets_it() => Assert.Equal(
        """
        {"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","content":{"$schema":"http://adaptivecards.io/schemas/adaptive-card.json","type":"AdaptiveCard","version":"1.4","fallbackText":"New incident on Main Status: api\\_gateway","body":[{"type":"Container","style":"warning","bleed":true,"items":[{"type":"TextBlock","text":"New incident · Main Status","wrap":true,"size":"Small","weight":"Bolder"},{"type":"TextBlock","text":"api\\_gateway","wrap":true,"size":"Large","weight":"Bolder"}]},{"type":"TextBlock","text":"One\n\ntwo","wrap":true},{"type":"FactSet","facts":[{"title":"Status","value":"Investigating"},{"title":"Severity","value":"Major"},{"title":"Started","value":"{{DATE(2026-01-14T11:55:00Z,SHORT)}} {{TIME(2026-01-14T11:55:00Z)}}"},{"title":"Components","value":"API, Dashboard"}]},{"type":"TextBlock","text":"{{DATE(2026-01-14T12:00:00Z,SHORT)}} {{TIME(2026-01-14T12:00:00Z)}}","wrap":true,"size":"Small","isSubtle":true}],"actions":[{"type":"Action.OpenUrl","title":"Open the status page","url":"https://status.example.com/"}]}}]}
        """,
        Encoding.UTF8.GetString(_sender.BodyOf(NastyEvents.Incident(title: "api_gateway", message: "One\ntwo"), Nothing, PageUrl).Span));

    [Fact]
    public void Every_event_keeps_to_the_limits() => Assert.All(NastyEvents.Samples.Concat(NastyEvents.Extremes), payload =>
    {
        var body = _sender.BodyOf(payload, Nothing, PageUrl);
        Assert.Empty(TeamsLimits.Violations(body));
        Assert.InRange(body.Length, 0, TeamsMessage.MaxBytes);
    });

    [Fact]
    public void Any_text_keeps_to_the_limits() => NastyEvents.Saves.Sample(payload =>
    {
        var body = _sender.BodyOf(payload, Nothing, PageUrl);
        return TeamsLimits.Violations(body) is { Count: 0 } && body.Length <= TeamsMessage.MaxBytes;
    }, iter: 300);

    [Fact]
    public void No_markup_of_a_text_is_left() => NastyEvents.Text.Sample(text =>
    {
        var written = TeamsMessage.Of(NastyEvents.Incident(message: text), null).Text ?? "";
        for (var i = 0; i < written.Length; i++)
        {
            if (written[i] == '\\') i++;
            else if (@"*_[]`~<".Contains(written[i], StringComparison.Ordinal)) return false;
        }

        return !written.Contains("{{", StringComparison.Ordinal) && !written.Contains("&amp;", StringComparison.Ordinal)
            && written.Split('\n').All(line => line.TrimStart() is not ['#' or '>' or '-' or '+' or '=', ..]);
    }, iter: 300);

    [Theory]
    [InlineData(IncidentSeverity.None, "accent")]
    [InlineData(IncidentSeverity.Minor, "warning")]
    [InlineData(IncidentSeverity.Major, "warning")]
    [InlineData(IncidentSeverity.Critical, "attention")]
    public void The_severity_has_its_colour_until_it_is_over(IncidentSeverity severity, string style)
    {
        Assert.Equal(style, StyleOf(NastyEvents.Incident(severity: severity)));
        Assert.Equal("good", StyleOf(NastyEvents.Incident(severity: severity, type: EventType.IncidentResolved)));
    }

    [Fact]
    public void Without_a_public_URL_there_is_no_button() =>
        Assert.DoesNotContain("actions", Encoding.UTF8.GetString(_sender.BodyOf(NastyEvents.Incident(), Nothing, null).Span), StringComparison.Ordinal);

    private string? StyleOf(byte[] payload) => Reading.Json(_sender.BodyOf(payload, Nothing, PageUrl))
        .Items("attachments").Single().GetProperty("content").Items("body").First().Text("style");
}
