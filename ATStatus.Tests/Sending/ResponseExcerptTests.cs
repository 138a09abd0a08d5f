using System.IO.Compression;
using System.Text;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Sending;

/// <summary>What is kept of a response: bounded, storable, without the secret.</summary>
public sealed class ResponseExcerptTests
{
    private const string Secret = "whsec_0123456789abcdef";
    private const int Limit = 16 * 1024;

    [Theory]
    [InlineData(0, false)]
    [InlineData(Limit - 1, false)]
    [InlineData(Limit, false)]
    [InlineData(Limit + 1, true)]
    [InlineData(Limit + 500, true)]
    [InlineData(3_000_000, true)]
    public async Task Body_is_kept_up_to_16_KiB(int length, bool isTruncated)
    {
        var result = await AnsweredAsync(ScriptedResponse.Status(200, new string('x', length)));

        Assert.Equal(Math.Min(length, Limit), result.ResponseBody!.Length);
        Assert.Equal(isTruncated, result.ResponseBodyTruncated);
    }

    [Fact]
    public async Task What_came_before_a_stall_is_kept()
    {
        var result = await AnsweredAsync(ScriptedResponse.StallInBody(200, "so far"), TimeSpan.FromMilliseconds(300));

        Assert.Equal("so far", result.ResponseBody);
        Assert.True(result.ResponseBodyTruncated);
    }

    [Theory]
    [InlineData("utf-8", new byte[] { 0x47, 0xC3, 0xB6 }, "Gö")]
    [InlineData(null, new byte[] { 0x47, 0xC3, 0xB6 }, "Gö")]
    [InlineData("\"UTF-8\"", new byte[] { 0xEF, 0xBB, 0xBF, 0x47 }, "G")]
    [InlineData("iso-8859-1", new byte[] { 0x47, 0xF6 }, "Gö")]
    [InlineData("windows-1252", new byte[] { 0x80, 0x47 }, "€G")]
    [InlineData("shift_jis", new byte[] { 0x93, 0xFA }, "日")]
    [InlineData("utf-16", new byte[] { 0x47, 0x00, 0xF6, 0x00 }, "Gö")]
    [InlineData("utf-16", new byte[] { 0x00, 0xD8, 0x47, 0x00 }, "\uFFFDG")]
    [InlineData("utf-7", new byte[] { 0x47 }, "G")]
    [InlineData("nonsense", new byte[] { 0x47, 0xC3, 0xB6 }, "Gö")]
    [InlineData("utf-8", new byte[] { 0x47, 0xFF, 0x00, 0x47 }, "G\uFFFD\uFFFDG")]
    [InlineData("utf-8", new byte[] { 0xED, 0xA0, 0x80, 0x47 }, "\uFFFD\uFFFD\uFFFDG")]
    public async Task Body_is_text_that_can_be_stored(string? charset, byte[] body, string expected)
    {
        var type = charset is null ? "text/plain" : $"text/plain; charset={charset}";

        var result = await AnsweredAsync(ScriptedResponse.Status(500, body, ("Content-Type", type)));

        Assert.Equal(expected, result.ResponseBody);
    }

    [Theory]
    [InlineData("a", "xa")]
    [InlineData("a", "a")]
    [InlineData("é", "xé")]
    [InlineData("•", "•x")]
    [InlineData("ab", "abc")]
    public async Task A_short_secret_of_before_lets_no_excerpt_outgrow_its_limit(string secret, string repeated)
    {
        var body = string.Concat(Enumerable.Repeat(repeated, Limit + 1));
        using var rig = new SendingRig();
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200, body, ("X-Echo", body[..2000])));

        var result = await rig.SendAsync(SendingRig.Request(receiver.Url, secret));

        Assert.InRange(Encoding.UTF8.GetByteCount(result.ResponseBody!), 1, Limit);
        Assert.True(result.ResponseBodyTruncated);
        Assert.DoesNotContain(secret == "•" ? "•x•x" : secret, result.ResponseBody, StringComparison.Ordinal);
        Assert.InRange(result.ResponseHeaders!.Sum(h => h.Key.Length + h.Value.Length), 1, 8 * 1024);
    }

    [Fact]
    public void Masking_goes_through_the_text_once_for_each_form()
    {
        // Were all forms sought anew behind each match, this would take hours.
        var safe = new SafeText("a", null, Enumerable.Range(0, 40).Select(i => $"never-there-{i}"));
        var text = string.Concat(Enumerable.Repeat("a.", 1 << 19));

        var clean = safe.Clean(text);

        Assert.Equal(string.Concat(Enumerable.Repeat("•••.", 1 << 19)), clean);
    }

    public static TheoryData<string?, string?, byte[], string> Packed => new()
    {
        // The header decides, whatever the bytes look like.
        { "gzip", "text/html", Gzip("<h1>Bad gateway</h1>"), "compressed (gzip)" },
        { "GZip", "text/html; charset=utf-8", Gzip("x"), "compressed (gzip)" },
        { "x-gzip", null, Gzip("x"), "compressed (gzip)" },
        { "br", "text/html", Brotli("<h1>Bad gateway</h1>"), "compressed (br)" },
        { "deflate", "text/html", Zlib("<h1>Bad gateway</h1>"), "compressed (deflate)" },
        { "zstd", "application/json", [0x28, 0xB5, 0x2F, 0xFD, 1, 2, 3], "compressed (zstd)" },
        { "gzip, br", "text/html", Brotli("x"), "compressed (gzip, br)" },
        { "identity", "text/plain", "plain"u8.ToArray(), "plain" },
        { "nonsense", "text/plain", "plain"u8.ToArray(), "plain" },
        { "gzip", "text/plain", [], "" },
        // Without a header, by how they begin.
        { null, "text/html", Gzip(new string('a', 500)), "compressed (gzip)" },
        { null, null, Gzip("{}"), "compressed (gzip)" },
        { null, "text/html", [0x28, 0xB5, 0x2F, 0xFD, 0, 2, 3, 0xFF], "compressed (zstd)" },
        { null, null, Zlib(Noise), "compressed (deflate)" },
        { null, "text/html; charset=iso-8859-1", Gzip(Noise), "compressed (gzip)" },
        // Anything else that is no text.
        { null, "image/png", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0x0D, 0xFF, 0xFE], "binary (image/png)" },
        { null, null, [0, 1, 2, 3, 0xFF, 0xFE, 0x80], "binary" },
        { null, "text/html", Brotli(Noise), "binary (text/html)" },
        { null, "text/plain", "PK: what it was, in words"u8.ToArray(), "PK: what it was, in words" },
        { null, "text/plain", Encoding.UTF8.GetBytes("x^ Größe 🚨 \u001b[31mred\u001b[0m"), "x^ Größe 🚨 \u001b[31mred\u001b[0m" },
    };

    [Theory]
    [MemberData(nameof(Packed))]
    public async Task A_body_that_is_no_text_is_named_instead_of_shown(string? coding, string? type, byte[] body, string expected)
    {
        var headers = new List<(string, string)>();
        if (coding is not null) headers.Add(("Content-Encoding", coding));
        if (type is not null) headers.Add(("Content-Type", type));

        var result = await AnsweredAsync(ScriptedResponse.Status(502, body, [.. headers]));

        Assert.Equal(expected, result.ResponseBody);
        Assert.False(result.ResponseBodyTruncated);
    }

    [Fact]
    public async Task A_long_compressed_body_is_named_and_truncated()
    {
        var noise = new byte[Limit * 3];
        new Random(1).NextBytes(noise);
        var result = await AnsweredAsync(ScriptedResponse.Status(502, Gzip(Encoding.Latin1.GetString(noise)), ("Content-Encoding", "gzip")));

        Assert.Equal(("compressed (gzip)", true), (result.ResponseBody, result.ResponseBodyTruncated));
    }

    [Theory]
    [InlineData(new byte[] { 0x47, 0xC3, 0xB6 }, "Gö")]
    [InlineData(new byte[] { 0xF0, 0x9F, 0x9A, 0xA8 }, "🚨")]
    // No UTF-8: Latin-1, as HTTP once had it.
    [InlineData(new byte[] { 0x47, 0xF6, 0x74 }, "Göt")]
    [InlineData(new byte[] { 0xFC }, "ü")]
    [InlineData(new byte[] { 0xC3, 0xB6, 0x20, 0xF6 }, "ö ö")]
    // Controls, and characters that turn the direction.
    [InlineData(new byte[] { 0x61, 0x1B, 0x62, 0x7F, 0x09, 0x63 }, "a\uFFFDb\uFFFD\tc")]
    [InlineData(new byte[] { 0x61, 0xC2, 0x85, 0xE2, 0x80, 0xA8, 0x62 }, "a\uFFFD\uFFFDb")]
    [InlineData(new byte[] { 0x61, 0x85, 0x62 }, "a\uFFFDb")]
    [InlineData(new byte[] { 0x61, 0xE2, 0x80, 0xAE, 0x62 }, "a\uFFFDb")]
    public async Task Headers_are_read_as_UTF_8_and_otherwise_as_Latin_1(byte[] value, string expected)
    {
        var result = await AnsweredAsync(ScriptedResponse.Status(500, "", ("X-Reason", Encoding.Latin1.GetString(value)), ("X-After", "fine")));

        Assert.Equal(expected, Assert.Single(result.ResponseHeaders, h => h.Key == "X-Reason").Value);
        Assert.Equal("fine", Assert.Single(result.ResponseHeaders, h => h.Key == "X-After").Value);
    }

    private static string Noise => string.Concat(Enumerable.Range(0, 400).Select(i => (char)('a' + i * 7919 % 23 * i % 26)));

    private static byte[] Gzip(string text) => Pack(text, to => new GZipStream(to, CompressionLevel.SmallestSize));

    private static byte[] Zlib(string text) => Pack(text, to => new ZLibStream(to, CompressionLevel.SmallestSize));

    private static byte[] Brotli(string text) => Pack(text, to => new BrotliStream(to, CompressionLevel.SmallestSize));

    private static byte[] Pack(string text, Func<Stream, Stream> packing)
    {
        using var packed = new MemoryStream();
        using (var stream = packing(packed))
            stream.Write(Encoding.UTF8.GetBytes(text));
        return packed.ToArray();
    }

    [Fact]
    public async Task A_character_across_the_limit_is_left_out()
    {
        var result = await AnsweredAsync(ScriptedResponse.Status(200, new string('x', Limit - 1) + "ö and more"));

        Assert.Equal(new string('x', Limit - 1), result.ResponseBody);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(Limit - 5)]
    [InlineData(Limit - 22)]
    [InlineData(Limit - 23)]
    public async Task An_echoed_secret_is_scrubbed_wherever_it_stands(int position)
    {
        var result = await AnsweredAsync(ScriptedResponse.Status(
            200,
            new string('.', position) + Secret + Secret + " and more",
            ("X-Echo", $"key={Secret}"),
            (Secret, "as a name"),
            ("Set-Cookie", Secret)));

        // Not a single piece of it may be left, even where the excerpt ends.
        Assert.DoesNotContain("whsec", result.ResponseBody, StringComparison.Ordinal);
        Assert.DoesNotContain("w", result.ResponseBody!.Replace(" and more", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("•••", result.ResponseBody, StringComparison.Ordinal);
        Assert.Contains(result.ResponseHeaders, h => h is { Key: "X-Echo", Value: "key=•••" });
        Assert.DoesNotContain(result.ResponseHeaders, h => (h.Key + h.Value).Contains("whsec", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_secret_that_is_not_ASCII_is_scrubbed_from_headers_too()
    {
        const string secret = "schlüssel & geheim";
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(
            200, secret, ("X-Echo", Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(secret))), ("X-Url", Uri.EscapeDataString(secret))));
        using var rig = new SendingRig();

        var result = await rig.SendAsync(SendingRig.Request(receiver.Url, secret));

        Assert.Equal("•••", result.ResponseBody);
        Assert.All(result.ResponseHeaders.Where(h => h.Key.StartsWith("X-", StringComparison.Ordinal)), h => Assert.Equal("•••", h.Value));
    }

    [Fact]
    public async Task At_most_32_headers_are_kept()
    {
        var headers = Enumerable.Range(0, 50).Select(i => ($"X-{i}", $"{i}")).ToArray();

        var result = await AnsweredAsync(ScriptedResponse.Status(200, "", headers));

        Assert.Equal(32, result.ResponseHeaders.Count);
        Assert.Equal("X-0", result.ResponseHeaders[0].Key);
    }

    [Fact]
    public async Task At_most_8_KiB_of_headers_are_kept()
    {
        var headers = Enumerable.Range(0, 10).Select(i => ($"X-{i}", new string('v', 3000))).ToArray();

        var result = await AnsweredAsync(ScriptedResponse.Status(200, "", headers));

        Assert.InRange(result.ResponseHeaders.Sum(h => h.Key.Length + h.Value.Length), 8000, 8192);
        Assert.EndsWith("…", result.ResponseHeaders[^1].Value, StringComparison.Ordinal);
    }

    private static async Task<SendResult> AnsweredAsync(ScriptedResponse answer, TimeSpan? timeout = null)
    {
        await using var receiver = LoopbackReceiver.Start(answer);
        var options = new WebhookOptions { AllowedNetworks = SendingRig.Loopback };
        if (timeout is { } limit) options.Timeout = limit;
        using var rig = new SendingRig(options);
        return await rig.SendAsync(SendingRig.Request(receiver.Url, Secret));
    }
}
