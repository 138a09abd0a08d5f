using System.Text;
using ATStatus.Admin.Features.Deliveries;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Notifications;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Features.Deliveries;

/// <summary>The cURL command, really run: by sh with a stand-in for curl that tells its arguments, and by curl itself against a receiver.</summary>
public sealed class CurlCommandTests
{
    /// <summary>Writes each argument and a NUL, then what it reads.</summary>
    private const string Stub = """
        curl() { for argument in "$@"; do printf '%s\0' "$argument"; done; cat; }

        """;

    private const string Headers = "Content-Type: application/json\nX-Webhook-Event: incident.created\nX-Webhook-Signature: abc123\nHost: example.com\nContent-Length: 5";

    public static TheoryData<string> Bodies =>
    [
        """{"message":"plain"}""",
        """{"it's":"'quoted' \"twice\" `id` $(id) $HOME ${HOME} \\ \n %s %d"}""",
        "!! !$ !1 ! \"!\" '!' ^a^b^ # ; & | && || > < * ? [a] ~ {a,b} = ",
        "two\nlines, and an empty one\n\nand one at the end\n",
        "\ttab \r carriage return \u001b[31m escape \u007f",
        "emoji 🚨, U+2028 \u2028, soft\u00ADhyphen, ‮rtl‬, 𝕊",
        "a line\n!! and !a\n^b^c^\n",
        "'''''",
        "-n -e @file",
        " ",
        "",
    ];

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task Sh_hands_curl_the_very_bytes(string body)
    {
        TestRequirement.Program("sh", "a POSIX shell").Demand();
        var (arguments, sent) = await RunAsync(CurlCommand.For(Headers, body, false).Text);
        Assert.Equal(body, Encoding.UTF8.GetString(sent));
        Assert.Equal(
            [
                "--include", "--request", "POST", "http://127.0.0.1/a?b=c&d='e'", "--header", "Content-Type: application/json",
                "--header", "X-Webhook-Event: incident.created", "--header", "X-Webhook-Signature: abc123", "--data-binary", "@-",
            ],
            arguments);
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task So_does_bash_where_somebody_pastes_it(string body)
    {
        TestRequirement.Program("bash", "bash").Demand();
        // As typed at a prompt, where an exclamation mark outside of single quotes means an earlier command.
        var written = await ShellScript.RunAsync(
            TestRequirement.OnPath("bash")!, ["--norc", "--noprofile", "--noediting", "-i"], $"set -H\n{Stub}\n{CurlCommand.For(Headers, body, false).Text}\n",
            ("URL", "http://127.0.0.1/"), ("HISTFILE", ""));
        Assert.Equal(body, Encoding.UTF8.GetString(written[(Array.LastIndexOf(written, (byte)0) + 1)..]));
    }

    [Fact]
    public async Task A_body_longer_than_an_argument_may_be_is_sent_too()
    {
        TestRequirement.Program("sh", "a POSIX shell").Demand();
        var body = $"{{\"message\":\"{new string('x', 300_000)}'\"}}";
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, Stub + CurlCommand.For(Headers, body, false).Text, TestContext.Current.CancellationToken);
            var written = await ShellScript.RunAsync(TestRequirement.OnPath("sh")!, [file], null, ("URL", "x"));
            Assert.Equal(body, Encoding.UTF8.GetString(written[(Array.LastIndexOf(written, (byte)0) + 1)..]));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Without_what_is_secret_it_does_nothing_and_names_what_is_missing()
    {
        TestRequirement.Program("sh", "a POSIX shell").Demand();
        var command = CurlCommand.For($"{Headers}\nX-Api-Key: •••\nX-Api_Key: •••", "{}", false);
        Assert.Equal(["URL", "HEADER_X_API_KEY", "HEADER_X_API_KEY_"], command.Required.Select(v => v.Name));
        Assert.DoesNotContain("•", command.Text, StringComparison.Ordinal);
        var said = Encoding.UTF8.GetString(await ShellScript.RunAsync($"(\n{Stub}{command.Text}\n) 2>&1 || true"));
        Assert.Contains("URL: is not set", said, StringComparison.Ordinal);
        Assert.DoesNotContain("POST", said, StringComparison.Ordinal);

        var (arguments, _) = await RunAsync(command.Text, ("HEADER_X_API_KEY", "it's \"$1\""), ("HEADER_X_API_KEY_", "two"));
        Assert.Contains("X-Api-Key: it's \"$1\"", arguments);
        Assert.Contains("X-Api_Key: two", arguments);
    }

    [Fact]
    public async Task With_the_secret_it_signs_anew()
    {
        TestRequirement.Program("sh", "a POSIX shell").Demand();
        TestRequirement.Program("openssl", "OpenSSL").Demand();
        const string body = """{"it's":"Größe 🚨"}""";
        const string secret = "whsec_ '\"$ ü";
        var bytes = Encoding.UTF8.GetBytes(body);

        var (sent, _) = await RunAsync(CurlCommand.For(Headers, body, false).Text, ("SECRET", secret));
        var (planned, _) = await RunAsync(CurlCommand.For("Content-Type: application/json", body, true).Text, ("SECRET", secret));

        foreach (var arguments in new[] { sent, planned })
        {
            var signature = Assert.Single(arguments, a => a.StartsWith("X-Webhook-Signature: ", StringComparison.Ordinal))["X-Webhook-Signature: ".Length..];
            Assert.True(ATStatus.Core.Signing.WebhookSignature.Verify(bytes, secret, signature), signature);
        }
        Assert.Equal(["URL", "SECRET"], CurlCommand.For("", body, true).Required.Select(v => v.Name));
        Assert.Null(CurlCommand.For("Content-Type: application/json", body, false).Signing);
    }

    [Fact]
    public async Task Curl_itself_sends_what_the_console_sent()
    {
        TestRequirement.Program("sh", "a POSIX shell").Demand();
        TestRequirement.Program("curl", "curl").Demand();
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(503), ScriptedResponse.Status(202, "thanks"));
        await using var app = await CoreApp.StartAsync();
        var page = await app.SampleDataAsync();
        await app.Get<NotificationService>().CreateAsync(new NotificationInput(
            "webhook", "Receiver",
            new(receiver.UrlFor("127.0.0.1", "/a/T0KEN?x='1'&y=%20").AbsoluteUri, "s3cret")
            {
                Headers = [new HeaderInput("X-Api-Key", "k'e\"y")],
            },
            new([.. EventTypes.All])));
        await app.Get<ComponentService>().CreateAsync(new ComponentInput(page.Id, "It's \"$API\" 🚨!", ComponentStatus.Operational));
        await app.RunJobAsync(1);
        var delivery = (await app.Get<DeliveryQueries>().FindAsync(1, TestContext.Current.CancellationToken))!;

        var command = CurlCommand.For(delivery.Attempts[0].RequestHeaders, Encoding.UTF8.GetString(delivery.Payload), false);
        Assert.DoesNotContain("T0KEN", command.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", command.Text, StringComparison.Ordinal);
        var answer = Encoding.UTF8.GetString(await ShellScript.RunAsync(
            command.Text, ("URL", receiver.UrlFor("127.0.0.1", "/a/T0KEN?x='1'&y=%20").AbsoluteUri), ("HEADER_X_API_KEY", "k'e\"y")));

        Assert.StartsWith("HTTP/1.1 202", answer, StringComparison.Ordinal);
        Assert.EndsWith("thanks", answer, StringComparison.Ordinal);
        var (ours, curls) = (receiver.Requests[0], receiver.Requests[1]);
        Assert.Equal((ours.Method, ours.Path), (curls.Method, curls.Path));
        Assert.Equal(ours.Body, curls.Body);
        Assert.Equal("k'e\"y", curls.Header("X-Api-Key"));
        Assert.All(ours.Headers, header => Assert.Equal(header.Value, curls.Header(header.Key)));
        Assert.Equal(["Accept"], curls.Headers.Select(h => h.Key).Except(ours.Headers.Select(h => h.Key), StringComparer.OrdinalIgnoreCase));
    }

    private static async Task<(string[] Arguments, byte[] Body)> RunAsync(string command, params (string, string)[] variables)
    {
        var written = await ShellScript.RunAsync(Stub + command, [("URL", "http://127.0.0.1/a?b=c&d='e'"), .. variables]);
        var end = Array.LastIndexOf(written, (byte)0);
        return (Encoding.UTF8.GetString(written[..end]).Split('\0'), written[(end + 1)..]);
    }
}
