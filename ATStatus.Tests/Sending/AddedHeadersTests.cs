using ATStatus.Core.Events;
using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Sending;

/// <summary>Headers that an operator adds: which will do, how they are sent, and that their values are shown to nobody.</summary>
public sealed class AddedHeadersTests
{
    [Theory]
    [InlineData("Authorization")]
    [InlineData("X-Api-Key")]
    [InlineData("x-webhook")]
    [InlineData("Webhook")]
    [InlineData("Cookie")]
    [InlineData("Accept")]
    [InlineData("Expires")]
    [InlineData("Date")]
    [InlineData("X-Request-ID-2")]
    [InlineData("!#$%&'*+-.^_`|~09azAZ")]
    public void A_name_that_will_do(string name)
    {
        Assert.Null(AddedHeaders.ProblemOfName(name));
        Assert.False(AddedHeaders.IsReserved(name));
    }

    [Theory]
    [InlineData("User-Agent")]
    [InlineData("X-Request-ID")]
    [InlineData("X-Webhook-Event")]
    [InlineData("X-Webhook-Signature")]
    [InlineData("X-Webhook-Signature-Previous")]
    [InlineData("X-Webhook-Anything")]
    [InlineData("webhook-id")]
    [InlineData("webhook-timestamp")]
    [InlineData("webhook-signature")]
    [InlineData("Webhook-Anything")]
    [InlineData("Content-Type")]
    [InlineData("Content-Length")]
    [InlineData("Content-Encoding")]
    [InlineData("Content-Anything")]
    [InlineData("Host")]
    [InlineData("Connection")]
    [InlineData("Keep-Alive")]
    [InlineData("Transfer-Encoding")]
    [InlineData("TE")]
    [InlineData("Trailer")]
    [InlineData("Upgrade")]
    [InlineData("HTTP2-Settings")]
    [InlineData("Expect")]
    [InlineData("Via")]
    [InlineData("Proxy-Authorization")]
    [InlineData("Proxy-Connection")]
    [InlineData("Accept-Encoding")]
    [InlineData("traceparent")]
    [InlineData("tracestate")]
    [InlineData("baggage")]
    public void A_reserved_name_in_any_case(string name)
    {
        foreach (var spelt in new[] { name, name.ToUpperInvariant(), name.ToLowerInvariant() })
        {
            Assert.Equal($"{spelt} is set by the console or the connection and cannot be added.", AddedHeaders.ProblemOfName(spelt));
            Assert.True(AddedHeaders.IsReserved(spelt));
        }
    }

    [Theory]
    [InlineData("", "Enter the header's name.")]
    [InlineData("two words", "is no header name")]
    [InlineData("X-Key:", "is no header name")]
    [InlineData(":authority", "is no header name")]
    [InlineData("X-Kéy", "is no header name")]
    [InlineData("X-Key\r\nX-Other", "is no header name")]
    [InlineData("X(Key)", "is no header name")]
    [InlineData("X/Key", "is no header name")]
    public void A_name_that_is_none(string name, string problem) =>
        Assert.Contains(problem, AddedHeaders.ProblemOfName(name), StringComparison.Ordinal);

    [Theory]
    [InlineData("x", null)]
    [InlineData("Bearer abc.def-ghi_jkl=", null)]
    [InlineData("a\tb, c; d=\"e\" \\ ~!", null)]
    [InlineData("", "Enter the header's value.")]
    [InlineData(" x", "neither begin nor end with a blank")]
    [InlineData("x\t", "neither begin nor end with a blank")]
    [InlineData("x\ny", "visible ASCII")]
    [InlineData("x\r\nX-Other: y", "visible ASCII")]
    [InlineData("x\0", "visible ASCII")]
    [InlineData("x\u007f", "visible ASCII")]
    [InlineData("Größe", "visible ASCII")]
    public void A_value(string value, string? problem)
    {
        if (problem is null)
            Assert.Null(AddedHeaders.ProblemOfValue(value));
        else
            Assert.Contains(problem, AddedHeaders.ProblemOfValue(value), StringComparison.Ordinal);
    }

    [Fact]
    public void Lengths_and_number_are_bounded()
    {
        Assert.Null(AddedHeaders.ProblemOfName(new string('x', AddedHeaders.MaxNameLength)));
        Assert.NotNull(AddedHeaders.ProblemOfName(new string('x', AddedHeaders.MaxNameLength + 1)));
        Assert.Null(AddedHeaders.ProblemOfValue(new string('x', AddedHeaders.MaxValueLength)));
        Assert.NotNull(AddedHeaders.ProblemOfValue(new string('x', AddedHeaders.MaxValueLength + 1)));
        HeaderInput[] many = [.. Enumerable.Range(0, AddedHeaders.MaxCount + 1).Select(i => new HeaderInput($"X-{i}", "x"))];
        Assert.Empty(TransportEditor.ProblemsOf(many[1..], [], isForAnother: false));
        Assert.Equal("Headers", Assert.Single(TransportEditor.ProblemsOf(many, [], isForAnother: false)).Field);
    }

    [Fact]
    public async Task They_are_sent_as_typed_in_their_order_behind_the_contract_s()
    {
        KeyValuePair<string, string>[] added =
        [
            new("X-Zeta", "1"), new("Authorization", "Bearer abc,def;  ghi\t\"jkl\""), new("x-alpha", "this is"), new("Cookie", "a=b; c=d"),
            new("If-Modified-Since", "not a date"), new("Date", "tomorrow"), new("Accept", "nothing at all"), new("Server", "mine"),
        ];
        await using var receiver = LoopbackReceiver.Start();
        using var rig = new SendingRig();

        await rig.SendAsync(SendingRig.Request(receiver.Url) with { Headers = added });
        await rig.SendAsync(SendingRig.Request(receiver.Url) with { Headers = [new("Expires", "0"), new("Last-Modified", "never"), new("Allow", "POST")] });

        var sent = receiver.Requests[0].Headers;
        Assert.Equal(added, sent.Where(h => added.Any(a => a.Key == h.Key)));
        Assert.Equal(7 + added.Length, sent.Count);
        Assert.Equal(("0", "never", "POST"), (receiver.Requests[1].Header("Expires"), receiver.Requests[1].Header("Last-Modified"), receiver.Requests[1].Header("Allow")));
        Assert.Equal("application/json", receiver.Requests[1].Header("Content-Type"));
    }

    [Fact]
    public async Task Their_values_are_masked_wherever_a_result_could_show_them()
    {
        const string Token = "t0ken\"with\\quotes";
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(
            200,
            $$"""{"authorization":"Bearer {{Token}}","json":"t0ken\"with\\quotes","form":"{{Uri.EscapeDataString(Token)}}","old":"old-s3cret","short":"abc"}""",
            ("X-Echo", $"Bearer {Token}")));
        using var rig = new SendingRig();

        var result = await rig.SendAsync(SendingRig.Request(receiver.Url) with
        {
            Headers = [new("Authorization", $"Bearer {Token}"), new("X-Short", "abc")],
            PreviousSecret = "old-s3cret",
        });

        Assert.Equal($"Bearer {Token}", Assert.Single(receiver.Requests).Header("Authorization"));
        Assert.Equal(["•••", "•••"], result.RequestHeaders.Where(h => h.Key is "Authorization" or "X-Short").Select(h => h.Value));
        Assert.Equal("•••", result.ResponseHeaders.Single(h => h.Key == "X-Echo").Value);
        // A value as short as this would mask half of every answer.
        Assert.Equal("""{"authorization":"•••","json":"•••","form":"•••","old":"•••","short":"abc"}""", result.ResponseBody);
    }

    [Fact]
    public void No_text_of_a_value_that_holds_them_shows_them()
    {
        const string Hidden = "v3ry-hidden";
        object[] holders =
        [
            SendingRig.Request(new Uri("https://hooks.example/")) with { Headers = [new("X-Key", Hidden)], PreviousSecret = Hidden },
            new HeaderInput("X-Key", Hidden),
            new NotificationInput("webhook", "Name", new("https://hooks.example/", Hidden) { Headers = [new("X-Key", Hidden)] }, new([])),
            new TransportInput("https://hooks.example/", Hidden) { Headers = [new("X-Key", Hidden)] },
            new TestSend(null, "webhook", "Name", new("https://hooks.example/", Hidden), EventType.IncidentCreated),
        ];

        Assert.All(holders, holder => Assert.DoesNotContain(Hidden, holder.ToString(), StringComparison.Ordinal));
    }
}
