using ATStatus.Core.Sending;
using ATStatus.Core.Sending.Discord;
using ATStatus.Core.Sending.Messages;
using ATStatus.Core.Sending.Slack;
using ATStatus.Core.Sending.Teams;

namespace ATStatus.Tests.Sending.Messages;

/// <summary>Which URLs are a service's, and what is said about those that are not. No secret of one is shown.</summary>
public sealed class ServiceUrlTests : IDisposable
{
    private const string DiscordToken = "3d89bb7572e0fb30d8128367b3b1b44fecd1726de135cbe28a41f8b2f777c372ba29";
    private const string Flow = "/powerautomate/automations/direct/workflows/86ffea6392fe4f3f9555f5e8f9b1f06e/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=";
    private const string Signature = "tFs9LpcdsN1pG3OGt8lUzSvoT9b3kU9ttXVmxiETPXE";

    private readonly SendingRig _rig = new();

    public void Dispose() => _rig.Dispose();

    private MessageSender Sender(string kind) => kind switch
    {
        "discord" => new DiscordSender(_rig.Post, _rig.Policy),
        "slack" => new SlackSender(_rig.Post, _rig.Policy),
        _ => new TeamsSender(_rig.Post, _rig.Policy),
    };

    [Theory]
    [InlineData("discord", $"https://discord.com/api/webhooks/223704706495545344/{DiscordToken}")]
    [InlineData("discord", $"https://discordapp.com/api/webhooks/223704706495545344/{DiscordToken}")]
    [InlineData("discord", $"https://ptb.discord.com/api/webhooks/223704706495545344/{DiscordToken}")]
    [InlineData("discord", $"https://canary.discord.com/api/webhooks/223704706495545344/{DiscordToken}")]
    [InlineData("discord", $"https://ptb.discordapp.com/api/webhooks/223704706495545344/{DiscordToken}")]
    [InlineData("discord", $"https://canary.discordapp.com/api/webhooks/223704706495545344/{DiscordToken}")]
    [InlineData("discord", $"https://DISCORD.com/api/v10/webhooks/223704706495545344/{DiscordToken}/")]
    [InlineData("discord", $"https://discord.com/api/v9/webhooks/223704706495545344/{DiscordToken}?wait=false&thread_id=1")]
    [InlineData("slack", "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX")]
    [InlineData("slack", "https://hooks.slack-gov.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX")]
    [InlineData("teams", "https://default942ead725f3a.4a.environment.api.powerplatform.com:443" + Flow + Signature)]
    [InlineData("teams", "https://942ead725f3a.1.environment.api.gov.powerplatform.microsoft.us" + Flow + Signature)]
    [InlineData("teams", "https://942ead725f3a.1.environment.api.high.powerplatform.microsoft.us" + Flow + Signature)]
    [InlineData("teams", "https://942ead725f3a.1.environment.api.appsplatform.us" + Flow + Signature)]
    [InlineData("teams", "https://prod-12.westeurope.logic.azure.com:443/workflows/86ffea6392fe4f3f/triggers/manual/paths/invoke?api-version=2016-06-01&sig=" + Signature)]
    [InlineData("teams", "https://prod-00.usgovtexas.logic.azure.us/workflows/86ffea6392fe4f3f/triggers/When_a_HTTP_request_is_received/paths/invoke?sig=" + Signature)]
    public void A_URL_of_the_service_is_taken_and_its_secret_never_shown(string kind, string url)
    {
        var check = Sender(kind).ParseUrl(url);

        Assert.Empty(check.Errors);
        var shown = MaskedUrl.Display(check.Uri!);
        Assert.DoesNotContain("sig", shown, StringComparison.Ordinal);
        Assert.All(new[] { DiscordToken, "XXXX", Signature, "86ff", "2237" }, secret => Assert.DoesNotContain(secret, shown, StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("discord", "", "Enter a URL.")]
    [InlineData("discord", $"http://discord.com/api/webhooks/1/{DiscordToken}", "must begin with https://")]
    [InlineData("discord", $"https://discord.com.evil.example/api/webhooks/1/{DiscordToken}", "Not a Discord webhook URL")]
    [InlineData("discord", $"https://evil.example/discord.com/api/webhooks/1/{DiscordToken}", "Not a Discord webhook URL")]
    [InlineData("discord", $"https://discord.com@evil.example/api/webhooks/1/{DiscordToken}", "user name or password")]
    [InlineData("discord", $"https://dіscord.com/api/webhooks/1/{DiscordToken}", "Not a Discord webhook URL")]
    [InlineData("discord", $"https://www.discord.com/api/webhooks/1/{DiscordToken}", "Not a Discord webhook URL")]
    [InlineData("discord", "https://discord.com/channels/1/2", "Copy it from the channel's settings")]
    [InlineData("discord", $"https://discord.com/api/webhooks/1/{DiscordToken}/slack", "Remove /slack or /github")]
    [InlineData("discord", $"https://discord.com/api/webhooks/1/{DiscordToken}/github?wait=true", "Remove /slack or /github")]
    [InlineData("discord", $"https://discord.com/api/webhooks/1/{DiscordToken}/messages/2", "Copy it from the channel's settings")]
    [InlineData("discord", $"https://discord.com/api/webhooks/1/../../v9/{DiscordToken}", "Copy it from the channel's settings")]
    [InlineData("slack", "https://hooks.slack.com/workflows/T00/A00/123/abc", "starts a workflow")]
    [InlineData("slack", "https://hooks.slack.com/triggers/T00/123/abc", "starts a workflow")]
    [InlineData("slack", "https://hooks.slack.com/services/T00/B00", "Copy it from the app's page")]
    [InlineData("slack", "https://slack.com/services/T00/B00/X", "start with https://hooks.slack.com/services/")]
    [InlineData("slack", "https://hooks.slack.com.evil.example/services/T00/B00/X", "start with https://hooks.slack.com/services/")]
    [InlineData("teams", "https://contoso.webhook.office.com/webhookb2/1@2/IncomingWebhook/3/4", "has retired Office 365 connectors")]
    [InlineData("teams", "https://outlook.office.com/webhook/1@2/IncomingWebhook/3/4", "has retired Office 365 connectors")]
    [InlineData("teams", "https://evil.example" + Flow + Signature, "no workflow URL of Microsoft Teams")]
    [InlineData("teams", "https://xapi.powerplatform.com.evil.example" + Flow + Signature, "no workflow URL of Microsoft Teams")]
    [InlineData("teams", "https://evilapi.powerplatform.com" + Flow + Signature, "no workflow URL of Microsoft Teams")]
    [InlineData("teams", "https://a.api.powerplatform.com" + Flow, "sig= is missing")]
    [InlineData("teams", "https://a.api.powerplatform.com/powerautomate/automations/direct/workflows/86ff/triggers/manual/paths/invoke?api-version=1", "sig= is missing")]
    [InlineData("teams", "https://a.api.powerplatform.com/powerautomate/environments?sig=a", "ends with /paths/invoke")]
    public void Any_other_is_refused_with_words(string kind, string url, string words)
    {
        var check = Sender(kind).ParseUrl(url);

        Assert.Contains(words, Assert.Single(check.Errors), StringComparison.Ordinal);
        // Nothing is sent there, not even a test.
        Assert.Null(check.Uri);
    }

    [Fact]
    public void An_old_address_of_a_workflow_is_warned_of() => Assert.Contains(
        "copy it again",
        Assert.Single(Sender("teams").ParseUrl("https://prod-12.westeurope.logic.azure.com/workflows/86ff/triggers/manual/paths/invoke?sig=a").Warnings),
        StringComparison.Ordinal);

    [Fact]
    public async Task A_service_s_name_is_guarded_as_any_other()
    {
        using var rig = SendingRig.Guarded();
        rig.Resolver.Add("discord.com", "127.0.0.1");
        var url = $"https://discord.com/api/webhooks/1/{DiscordToken}";

        var check = await new DiscordSender(rig.Post, rig.Policy).CheckUrlAsync(url, TestContext.Current.CancellationToken);

        Assert.Contains("Webhooks:AllowedNetworks", Assert.Single(check.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_a_warning_beside_the_others()
    {
        var check = await Sender("teams").CheckUrlAsync(
            "https://prod-12.westeurope.logic.azure.com/workflows/86ff/triggers/manual/paths/invoke?sig=a", TestContext.Current.CancellationToken);

        Assert.True(check.IsAcceptable);
        Assert.Equal(2, check.Warnings.Count);
    }
}
