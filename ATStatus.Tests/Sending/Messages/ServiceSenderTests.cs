using ATStatus.Core.Sending;
using ATStatus.Core.Sending.Discord;
using ATStatus.Core.Sending.Messages;
using ATStatus.Core.Sending.Slack;
using ATStatus.Core.Sending.Teams;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Sending.Messages;

/// <summary>The request as it reaches a service, and what the service's answer means; over TLS, to the service's own name.</summary>
public sealed class ServiceSenderTests
{
    private static readonly Dictionary<string, string> Nothing = [];

    [Theory]
    [InlineData("discord")]
    [InlineData("slack")]
    [InlineData("teams")]
    public async Task The_request_has_the_message_and_no_header_of_the_contract(string kind)
    {
        await using var services = new StandInServices();
        using var rig = RigFor(services);
        var sender = Sender(kind, rig);
        var payload = NastyEvents.Incident();

        var result = await SendAsync(sender, StandInServices.UrlOf(kind), payload, Nothing);

        Assert.Equal(SendVerdict.Delivered, result.Verdict);
        var request = Assert.Single(services.Receiver.Requests);
        Assert.Equal("POST", request.Method);
        Assert.Equal(sender.BodyOf(payload, Nothing, "https://status.example.com/").ToArray(), request.Body);
        Assert.Equal(["Content-Length", "Content-Type", "Host", "User-Agent"], request.Headers.Select(h => h.Key).Order());
        Assert.Equal("application/json", request.Header("Content-Type"));
        Assert.Equal("ATStatus-Webhook/1.0", request.Header("User-Agent"));
        Assert.Equal(request.Headers.Select(h => $"{h.Key}: {h.Value}").Order(), result.RequestHeaders.Select(h => $"{h.Key}: {h.Value}").Order());
    }

    [Fact]
    public async Task A_workflow_s_URL_is_called_as_it_was_given_out()
    {
        await using var services = new StandInServices(ScriptedResponse.Status(202));
        using var rig = RigFor(services);

        var result = await SendAsync(Sender("teams", rig), StandInServices.TeamsUrl, NastyEvents.Incident(), Nothing);

        Assert.Equal(SendVerdict.Delivered, result.Verdict);
        Assert.EndsWith(Assert.Single(services.Receiver.Requests).Path, StandInServices.TeamsUrl, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", null, "?wait=true")]
    [InlineData("", "42", "?wait=true&thread_id=42")]
    [InlineData("?wait=false", null, "?wait=true")]
    [InlineData("?thread_id=7", null, "?thread_id=7&wait=true")]
    [InlineData("?thread_id=7&wait=0", "42", "?thread_id=42&wait=true")]
    public async Task Discord_is_asked_to_wait_and_told_the_thread(string query, string? thread, string sent)
    {
        await using var services = new StandInServices(ScriptedResponse.Status(200, "{}"));
        using var rig = RigFor(services);
        var settings = thread is null ? Nothing : new Dictionary<string, string> { ["threadId"] = thread };

        await SendAsync(Sender("discord", rig), StandInServices.DiscordUrl + query, NastyEvents.Incident(), settings);

        Assert.EndsWith(sent, Assert.Single(services.Receiver.Requests).Path, StringComparison.Ordinal);
    }

    // https://discord.com/developers/docs/topics/rate-limits#exceeding-a-rate-limit
    [Theory]
    [InlineData("""{"message":"You are being rate limited.","retry_after":64.57,"global":false}""", "65", 64.57)]
    [InlineData("""{"message":"You are being rate limited.","retry_after":0.3,"global":true}""", null, 0.3)]
    [InlineData("""{"message":"You are being rate limited.","retry_after":1}""", null, 1.0)]
    [InlineData("<html>cloudflare</html>", "30", 30.0)]
    [InlineData("""{"retry_after":"soon"}""", "30", 30.0)]
    [InlineData("""{"retry_after":-5}""", "30", 30.0)]
    [InlineData("""{"retry_after":null}""", null, null)]
    [InlineData("[1]", null, null)]
    [InlineData("", null, null)]
    public async Task Discord_says_in_its_answer_how_long_to_wait(string body, string? header, double? seconds)
    {
        await using var services = new StandInServices(ScriptedResponse.Status(429, body, header is null ? [] : [("Retry-After", header)]));
        using var rig = RigFor(services);

        var result = await SendAsync(Sender("discord", rig), StandInServices.DiscordUrl, NastyEvents.Incident(), Nothing);

        Assert.Equal(SendVerdict.Retry, result.Verdict);
        Assert.Equal(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null, result.RetryAfter);
    }

    [Fact]
    public async Task A_wait_of_ages_is_long_and_no_error()
    {
        await using var services = new StandInServices(ScriptedResponse.Status(429, """{"retry_after":1e300}"""));
        using var rig = RigFor(services);

        Assert.Equal(TimeSpan.MaxValue, (await SendAsync(Sender("discord", rig), StandInServices.DiscordUrl, NastyEvents.Incident(), Nothing)).RetryAfter);
    }

    [Fact]
    public async Task Only_a_429_of_Discord_asks_to_wait()
    {
        await using var services = new StandInServices(ScriptedResponse.Status(400, """{"retry_after":5}"""));
        using var rig = RigFor(services);

        Assert.Null((await SendAsync(Sender("discord", rig), StandInServices.DiscordUrl, NastyEvents.Incident(), Nothing)).RetryAfter);
    }

    // An archived channel of Slack is gone; whatever else a service says may be mended, and is tried again.
    [Theory]
    [InlineData("discord", 401, SendVerdict.Retry)]
    [InlineData("discord", 404, SendVerdict.Retry)]
    [InlineData("slack", 403, SendVerdict.Retry)]
    [InlineData("slack", 404, SendVerdict.Retry)]
    [InlineData("slack", 410, SendVerdict.Gone)]
    [InlineData("teams", 400, SendVerdict.Retry)]
    [InlineData("teams", 202, SendVerdict.Delivered)]
    public async Task Only_410_ends_at_once(string kind, int status, SendVerdict verdict)
    {
        await using var services = new StandInServices(ScriptedResponse.Status(status, "words"));
        using var rig = RigFor(services);

        Assert.Equal(verdict, (await SendAsync(Sender(kind, rig), StandInServices.UrlOf(kind), NastyEvents.Incident(), Nothing)).Verdict);
    }

    [Fact]
    public async Task A_secret_in_the_URL_that_the_answer_repeats_is_masked()
    {
        await using var services = new StandInServices(ScriptedResponse.Status(404, "no flow for sig tFs9LpcdsN1pG3OGt8lUzSvoT9b3"));
        using var rig = RigFor(services);

        var result = await SendAsync(Sender("teams", rig), StandInServices.TeamsUrl, NastyEvents.Incident(), Nothing);

        Assert.Equal("no flow for sig •••", result.ResponseBody);
    }

    [Theory]
    [InlineData("slack", "https://hooks.slack.com:8443/services/T000/B000/x", "port (:8443)")]
    [InlineData("slack", "https://hooks.slack.com:80/services/T000/B000/x", "port (:80)")]
    [InlineData("slack", "https://hooks.slack.com/services/T000/B000/x?y=1", "Not a Slack webhook URL")]
    [InlineData("slack", "https://user:pw@hooks.slack.com/services/T000/B000/x", "user name")]
    [InlineData("slack", "https://hooks.slack.com./services/T000/B000/x", "Not a Slack webhook URL")]
    [InlineData("slack", "http://hooks.slack.com/services/T000/B000/x", "https://")]
    [InlineData("slack", "https://hooks.slack.com/services/T000/B000/x%E2%80%8B", "Not a Slack webhook URL")]
    [InlineData("discord", "https://discord.com:8443/api/webhooks/1/3d89bb7572e0fb30d8128367", "port (:8443)")]
    [InlineData("discord", "https://a@discord.com/api/webhooks/1/3d89bb7572e0fb30d8128367", "user name")]
    [InlineData("teams", "https://prod-1.westus.logic.azure.com:8443/workflows/1/triggers/manual/paths/invoke?sig=x", "port (:8443)")]
    public void A_URL_that_the_service_does_not_give_out_is_refused(string kind, string url, string words)
    {
        using var rig = new SendingRig();
        Assert.Contains(words, Assert.Single(Sender(kind, rig).ParseUrl(url).Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("slack", "https://hooks.slack.com:443/services/T000/B000/x")]
    [InlineData("teams", "https://prod-1.westus.logic.azure.com:443/workflows/1/triggers/manual/paths/invoke?sig=x")]
    public void The_port_of_https_may_be_named(string kind, string url)
    {
        using var rig = new SendingRig();
        Assert.DoesNotContain(":443", Sender(kind, rig).ParseUrl(url).Uri!.AbsoluteUri, StringComparison.Ordinal);
    }

    private static SendingRig RigFor(StandInServices services)
    {
        var rig = new SendingRig(certificatePolicy: services.Trust, httpsPort: services.Receiver.Port);
        foreach (var host in new[] { StandInServices.Discord, StandInServices.Slack, StandInServices.Teams }) rig.Resolver.Add(host, "127.0.0.1");
        return rig;
    }

    private static MessageSender Sender(string kind, SendingRig rig) => kind switch
    {
        "discord" => new DiscordSender(rig.Post, rig.Policy),
        "slack" => new SlackSender(rig.Post, rig.Policy),
        _ => new TeamsSender(rig.Post, rig.Policy),
    };

    private static async Task<SendResult> SendAsync(MessageSender sender, string url, byte[] payload, Dictionary<string, string> settings)
    {
        var check = sender.ParseUrl(url);
        Assert.Empty(check.Errors);
        // What a webhook would send along is left off.
        var request = new SendRequest(check.Uri!, "s3cret", "incident.created", Guid.NewGuid(), payload)
        {
            Options = new() { Settings = settings, StandardWebhooks = true },
            PageUrl = "https://status.example.com/",
            Headers = [KeyValuePair.Create("X-Added", "value")],
        };
        return await sender.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
