using ATStatus.Core.Deliveries;
using Microsoft.AspNetCore.DataProtection;

namespace ATStatus.Tests.Deliveries;

/// <summary>What each delivery needs of its notification is decrypted once, however many notifications there are.</summary>
public sealed class TargetProtectorTests
{
    [Fact]
    public void What_thousands_of_notifications_need_again_and_again_is_decrypted_once()
    {
        var counted = new Counted();
        var protector = new TargetProtector(counted);
        var targets = Enumerable.Range(0, 5_000).Select(i => (
            Url: protector.ProtectUrl(new Uri($"https://example.com/{i}")), Secret: protector.ProtectSecret($"secret {i}"),
            Headers: protector.ProtectHeaders([KeyValuePair.Create("X-Number", $"{i}")]))).ToList();
        for (var events = 0; events < 3; events++)
        {
            foreach (var (url, secret, headers) in targets)
                _ = (protector.Url(url), protector.Secret(secret), protector.Headers(headers));
        }
        Assert.Equal(3 * targets.Count, counted.Decrypted);
        Assert.Equal(("https://example.com/4711", "secret 4711"), (protector.Url(targets[4711].Url).AbsoluteUri, protector.Secret(targets[4711].Secret)));
    }

    private sealed class Counted : IDataProtector
    {
        public int Decrypted { get; private set; }

        public IDataProtector CreateProtector(string purpose) => this;

        public byte[] Protect(byte[] plaintext) => plaintext;

        public byte[] Unprotect(byte[] protectedData)
        {
            Decrypted++;
            return protectedData;
        }
    }
}
