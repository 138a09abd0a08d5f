using ATStatus.Core.Sending;

namespace ATStatus.Tests.Sending;

/// <summary>Which URLs lead to the same server.</summary>
public sealed class UrlOriginTests
{
    [Theory]
    [InlineData("https://hooks.example/a", "https://HOOKS.example:443/b?c")]
    [InlineData("https://hooks.example/", "HTTPS://hooks.example./x")]
    [InlineData("http://hooks.example/", "http://hooks.example:80")]
    [InlineData("https://bücher.example/", "https://xn--bcher-kva.example/")]
    [InlineData("https://BÜCHER.example/", "https://xn--bcher-kva.example:443/")]
    [InlineData("https://[2606:4700::1111]/", "https://[2606:4700:0::1111]:443/")]
    [InlineData("https://hooks.slack.com/services/T0…", "https://hooks.slack.com/services/T000/B000/x")]
    public void The_same(string first, string second) => Assert.True(UrlOrigin.AreSame(first, second));

    [Theory]
    [InlineData("https://hooks.example/", "http://hooks.example/")]
    [InlineData("https://hooks.example/", "http://hooks.example:443/")]
    [InlineData("https://hooks.example/", "https://hooks.example:8443/")]
    [InlineData("https://hooks.example/", "https://hooks.example.evil.example/")]
    [InlineData("https://hooks.example/", "https://a.hooks.example/")]
    [InlineData("https://hooks.example/", "hooks.example/")]
    [InlineData("https://hooks.example/", null)]
    [InlineData(null, null)]
    public void Another(string? first, string? second) => Assert.False(UrlOrigin.AreSame(first, second));
}
