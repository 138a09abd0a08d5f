using System.Security.Cryptography;
using ATStatus.Core.Signing;

namespace ATStatus.Tests.Signing;

public sealed class StandardWebhooksSignatureTests
{
    [Fact]
    public void The_vector_of_the_specifications_libraries() => Assert.Equal(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        StandardWebhooksSignature.Compute(
            "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"u8, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));

    [Theory]
    [InlineData("plain text")]
    [InlineData("whsec_")]
    [InlineData("whsec_not base64!")]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    public void Any_other_secret_is_its_UTF8(string secret) => Assert.Equal(
        "v1," + Convert.ToBase64String(HMACSHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret), "id.7.{}"u8)),
        StandardWebhooksSignature.Compute("id", 7, "{}"u8, secret));

    [Fact]
    public void Without_a_secret_there_is_no_signature() =>
        Assert.Throws<ArgumentException>(() => StandardWebhooksSignature.Compute("id", 7, "{}"u8, ""));
}
