using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ATStatus.Core.Events;
using ATStatus.Core.Sending.Discord;
using CsCheck;

namespace ATStatus.Tests.Sending.Messages;

/// <summary>What Discord gets: within its limits whatever stands in an event, and pinging only whom the operator chose.</summary>
public sealed class DiscordMessageTests : IDisposable
{
    private const string PageUrl = "https://status.example.com/";
    private static readonly Dictionary<string, string> Nothing = [];

    private readonly SendingRig _rig = new();
    private readonly DiscordSender _sender;

    public DiscordMessageTests() => _sender = new DiscordSender(_rig.Post, _rig.Policy);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void An_incident_as_Discord_gets_it() => Assert.Equal(
        """
        {"username":"Status","allowed_mentions":{"parse":[],"roles":["42"]},"embeds":[{"author":{"name":"New incident · Main Status","url":"https://status.example.com/"},"title":"API Connectivity Issues","url":"https://status.example.com/","description":"We are \\*investigating\\*.","color":15233290,"fields":[{"name":"Status","value":"Investigating","inline":true},{"name":"Severity","value":"Major","inline":true},{"name":"Started","value":"<t:1768391700:f>","inline":true},{"name":"Components","value":"API, Dashboard","inline":true}],"timestamp":"2026-01-14T12:00:00Z"}]}
        """.Replace("\"allowed", "\"content\":\"<@&42>\",\"allowed", StringComparison.Ordinal),
        Body(NastyEvents.Incident(message: "We are *investigating*."), new() { ["userName"] = "Status", ["mention"] = "role", ["mentionId"] = "42" }));

    [Fact]
    public void Every_event_keeps_to_the_limits() => Assert.All(
        NastyEvents.Samples.Concat(NastyEvents.Extremes), payload => Assert.Empty(DiscordLimits.Violations(Json(payload))));

    [Fact]
    public void Any_text_keeps_to_the_limits_and_mentions_nobody() => NastyEvents.Saves.Sample(
        payload => DiscordLimits.Violations(Json(payload)) is { Count: 0 }, iter: 300);

    [Fact]
    public void No_markup_of_a_text_is_left_but_whole_links() => NastyEvents.Text.Sample(text =>
    {
        var description = DiscordMessage.Of(NastyEvents.Incident(message: text), Nothing, null).Description ?? "";
        for (var i = 0; i < description.Length; i++)
        {
            if (description[i] == '\\') i++;
            else if (Regex.Match(description[i..], @"^<https?://[^\s<>]+>", RegexOptions.IgnoreCase) is { Success: true } link) i += link.Length - 1;
            else if (@"*_~`|[]".Contains(description[i], StringComparison.Ordinal)) return false;
        }

        return description.Split('\n').All(line => line.TrimStart() is not ['#' or '>' or '-' or '+', ..]);
    }, iter: 300);

    [Theory]
    [InlineData(IncidentSeverity.None, 0x1E73BE)]
    [InlineData(IncidentSeverity.Minor, 0xE6B400)]
    [InlineData(IncidentSeverity.Major, 0xE8710A)]
    [InlineData(IncidentSeverity.Critical, 0xC62828)]
    public void The_severity_has_its_colour_until_it_is_over(IncidentSeverity severity, int colour)
    {
        Assert.Equal(colour, Colour(NastyEvents.Incident(severity: severity)));
        Assert.Equal(0x2E8B57, Colour(NastyEvents.Incident(severity: severity, type: EventType.IncidentResolved)));
    }

    [Theory]
    [InlineData("", null, """{"parse":[]}""", null)]
    [InlineData("here", null, """{"parse":["everyone"]}""", "@here")]
    [InlineData("everyone", null, """{"parse":["everyone"]}""", "@everyone")]
    [InlineData("role", "123", """{"parse":[],"roles":["123"]}""", "<@&123>")]
    [InlineData("user", "456", """{"parse":[],"users":["456"]}""", "<@456>")]
    public void Only_whom_the_operator_chose_is_pinged(string mention, string? id, string allowed, string? content)
    {
        var settings = new Dictionary<string, string> { ["mention"] = mention };
        if (id is not null) settings["mentionId"] = id;
        var message = Json(NastyEvents.Incident(title: "@everyone", message: "<@789> <@&1> @here", components: ["@everyone"]), settings);

        Assert.Equal(allowed, message.GetProperty("allowed_mentions").GetRawText());
        Assert.Equal(content, message.Text("content"));
        Assert.Empty(DiscordLimits.Violations(message));
    }

    [Fact]
    public void Without_a_public_URL_nothing_links()
    {
        var embed = Reading.Json(_sender.BodyOf(NastyEvents.Incident(), Nothing, null)).Items("embeds").Single();

        Assert.Null(embed.Text("url"));
        Assert.Null(embed.GetProperty("author").Text("url"));
    }

    [Fact]
    public void Each_attempt_sends_the_same() => Assert.All(
        NastyEvents.Samples, payload => Assert.Equal(Body(payload, Nothing), Body(payload, Nothing)));

    [Theory]
    [InlineData("userName", "  Status page ", null, "Status page")]
    [InlineData("userName", "", null, null)]
    [InlineData("userName", "My Discord", "no user name that contains", null)]
    [InlineData("userName", "CLYDE2", "no user name that contains", null)]
    [InlineData("userName", "a\u0007b", "cannot be seen", null)]
    [InlineData("avatarUrl", "https://example.com/a.png", null, "https://example.com/a.png")]
    [InlineData("avatarUrl", "example.com/a.png", "complete URL of a picture", null)]
    [InlineData("avatarUrl", "data:image/png;base64,AAAA", "complete URL of a picture", null)]
    [InlineData("threadId", " 123456789012345678 ", null, "123456789012345678")]
    [InlineData("threadId", "general", "number of up to 20 digits", null)]
    [InlineData("threadId", "99999999999999999999", "number of up to 20 digits", null)]
    [InlineData("threadId", "0", "number of up to 20 digits", null)]
    [InlineData("mention", "everyone", null, "everyone")]
    [InlineData("mention", "nobody else", "Choose who", null)]
    [InlineData("somethingElse", "x", null, null)]
    public void Settings_are_checked(string name, string entered, string? problem, string? stored)
    {
        var check = _sender.CheckSettings(new Dictionary<string, string> { [name] = entered });

        if (problem is null) Assert.Empty(check.Errors);
        else Assert.Contains(problem, check.Errors[name], StringComparison.Ordinal);
        Assert.Equal(stored, check.Settings.GetValueOrDefault(name));
    }

    [Theory]
    [InlineData("role")]
    [InlineData("user")]
    public void A_role_or_a_user_needs_its_number(string mention)
    {
        var check = _sender.CheckSettings(new Dictionary<string, string> { ["mention"] = mention, ["mentionId"] = "@Ops" });

        Assert.Contains($"the {mention}'s ID", check.Errors["mentionId"], StringComparison.Ordinal);
        Assert.Empty(_sender.CheckSettings(new Dictionary<string, string> { ["mention"] = mention, ["mentionId"] = "77" }).Errors);
    }

    [Fact]
    public void A_user_name_of_80_characters_is_the_longest()
    {
        Assert.Empty(_sender.CheckSettings(new Dictionary<string, string> { ["userName"] = new('n', 80) }).Errors);
        Assert.NotEmpty(_sender.CheckSettings(new Dictionary<string, string> { ["userName"] = new('n', 81) }).Errors);
    }

    private string Body(byte[] payload, Dictionary<string, string> settings) =>
        Encoding.UTF8.GetString(_sender.BodyOf(payload, settings, PageUrl).Span);

    private JsonElement Json(byte[] payload, Dictionary<string, string>? settings = null) =>
        Reading.Json(_sender.BodyOf(payload, settings ?? Nothing, PageUrl));

    private int Colour(byte[] payload) => Json(payload).Items("embeds").Single().GetProperty("color").GetInt32();
}
