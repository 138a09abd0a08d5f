using System.Security.Cryptography;
using ATStatus.Core.Signing;
using CsCheck;

namespace ATStatus.Tests.Signing;

public sealed class WebhookSignatureTests
{
    private const string Secret = "It's a Secret to Everybody";
    private const string Signature = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    private static byte[] Body => "Hello, World!"u8.ToArray();

    [Fact]
    public void The_vector_of_GitHubs_webhook_documentation() => Assert.Equal(Signature, WebhookSignature.Compute(Body, Secret));

    /// <summary>The test cases of RFC 4231 section 4 whose keys are UTF-8 text; case 5 prints the first 128 bits only.</summary>
    [Theory]
    [InlineData(1, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")]
    [InlineData(2, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")]
    [InlineData(4, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b")]
    [InlineData(5, "a3b6167473100ee06e0c796c2955552b")]
    public void The_vectors_of_RFC_4231(int testCase, string expected)
    {
        var (key, data) = testCase switch
        {
            1 => (new string('\x0b', 20), "Hi There"u8.ToArray()),
            2 => ("Jefe", "what do ya want for nothing?"u8.ToArray()),
            4 => (string.Concat(Enumerable.Range(1, 25).Select(code => (char)code)), [.. Enumerable.Repeat((byte)0xcd, 50)]),
            _ => (new string('\x0c', 20), "Test With Truncation"u8.ToArray()),
        };

        Assert.StartsWith(expected, WebhookSignature.Compute(data, key), StringComparison.Ordinal);
    }

    [Fact]
    public void A_signature_is_64_lower_case_hex_digits() => Gen.Select(Gen.Byte.Array[0, 300], Gen.String[1, 300]).Sample((body, secret) =>
    {
        var signature = WebhookSignature.Compute(body, secret);
        Assert.Matches("^[0-9a-f]{64}$", signature);
        Assert.True(WebhookSignature.Verify(body, secret, signature));
        Assert.False(WebhookSignature.Verify(body, secret + "x", signature));
        Assert.False(WebhookSignature.Verify([.. body, 0], secret, signature));
    });

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("757107ea")]
    [InlineData("757107EA0EB2509FC211221CCE984B8A37570B6D7586C22C46F4379C8B043E17")]
    [InlineData(" 757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")]
    [InlineData("757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e16")]
    [InlineData("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")]
    [InlineData("\uD800 no hex at all 🔑")]
    public void Any_other_signature_is_refused_without_an_exception(string? signature) =>
        Assert.False(WebhookSignature.Verify(Body, Secret, signature));

    [Fact]
    public void Without_a_secret_there_is_no_signature()
    {
        Assert.Throws<ArgumentException>(() => WebhookSignature.Compute(Body, ""));
        Assert.False(WebhookSignature.Verify(Body, "", Signature));
    }

    [Fact]
    public void The_key_is_the_secrets_UTF8() => Assert.Equal(
        Convert.ToHexStringLower(HMACSHA256.HashData("\u00E9\U0001F511\uFFFD"u8, Body)),
        WebhookSignature.Compute(Body, "\u00E9\U0001F511\uD800"));
}
