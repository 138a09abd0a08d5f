using System.Text.RegularExpressions;
using ATStatus.Admin.Features.Notifications.Types;
using ATStatus.Admin.Features.Notifications.Types.Discord;
using ATStatus.Admin.Features.Notifications.Types.Slack;
using ATStatus.Admin.Features.Notifications.Types.Teams;
using ATStatus.Core.Sending.Discord;
using ATStatus.Core.Sending.Messages;
using ATStatus.Core.Sending.Slack;
using ATStatus.Core.Sending.Teams;
using ATStatus.Tests.Sending.Messages;
using CsCheck;

namespace ATStatus.Tests.Features.Notifications;

/// <summary>What a service's reader sees of a text is what was typed, and the previews draw just that.</summary>
public sealed class MessageReadingTests
{
    [Fact]
    public void Discord_shows_a_text_as_it_was_typed() =>
        ReadsAsTyped(text => DiscordReading.Spans(DiscordMessage.Of(NastyEvents.Incident(message: text), new Dictionary<string, string>(), null).Description ?? ""));

    [Fact]
    public void Slack_shows_a_text_as_it_was_typed() =>
        ReadsAsTyped(text => SlackReading.Spans(SlackMessage.Of(NastyEvents.Incident(message: text), null).Text ?? ""));

    [Fact]
    public void Teams_shows_a_text_as_it_was_typed() =>
        ReadsAsTyped(text => TeamsReading.Spans(TeamsMessage.Of(NastyEvents.Incident(message: text), null).Text ?? ""), lines: false);

    [Fact]
    public void Times_are_read_as_instants()
    {
        Assert.Equal(NastyEvents.Noon.AddMinutes(-5), Assert.Single(DiscordReading.Spans("<t:1768391700:f>")).At);
        Assert.Equal(NastyEvents.Noon, Assert.Single(SlackReading.Spans("<!date^1768392000^{date_short_pretty} {time}|2026-01-14 12:00 UTC>")).At);
        Assert.Equal(NastyEvents.Noon, Assert.Single(TeamsReading.Spans("{{DATE(2026-01-14T12:00:00Z,SHORT)}} {{TIME(2026-01-14T12:00:00Z)}}")).At);
    }

    // Blanks of no width are put into texts and typed into them; neither is seen. One line break and two are the same paragraph end to a card.
    private static void ReadsAsTyped(Func<string, IEnumerable<MessageSpan>> read, bool lines = true) => NastyEvents.Text.Sample(text =>
    {
        var spans = read(text).ToList();
        var seen = string.Concat(spans.Select(span => span.Text));
        var typed = Seen(MessageText.Clean(text));
        return seen.EndsWith('…') || (spans.TrueForAll(span => span.At is null) && Seen(seen) == typed);

        string Seen(string shown)
        {
            var visible = shown.Replace("\u200B", "", StringComparison.Ordinal);
            return lines ? visible : Regex.Replace(visible, "\n+", "\n");
        }
    }, iter: 300);
}
