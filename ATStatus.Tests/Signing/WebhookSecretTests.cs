using ATStatus.Core.Signing;

namespace ATStatus.Tests.Signing;

public sealed class WebhookSecretTests
{
    [Fact]
    public void A_generated_secret_is_a_Standard_Webhooks_secret_of_32_bytes()
    {
        var secret = WebhookSecret.Generate();

        Assert.Matches("^whsec_[A-Za-z0-9+/]{43}=$", secret);
        Assert.Equal(32, Convert.FromBase64String(secret["whsec_".Length..]).Length);
        Assert.InRange(secret.Length, 1, WebhookSecret.MaxLength);
    }

    [Fact]
    public void No_two_are_alike()
    {
        var secrets = Enumerable.Range(0, 1000).Select(_ => WebhookSecret.Generate()).ToList();

        Assert.Equal(secrets.Count, secrets.Distinct(StringComparer.Ordinal).Count());
    }
}
