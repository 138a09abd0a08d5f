using ATStatus.Core.Sending;
using Microsoft.Extensions.Time.Testing;

namespace ATStatus.Tests.Sending;

/// <summary>What the form says about a URL.</summary>
public sealed class EndpointPolicyTests
{
    /// <summary>How long a test waits, on the real clock, for what should happen at once.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, "Enter a URL")]
    [InlineData("  ", "Enter a URL")]
    [InlineData("hooks.example/a", "begin with https://")]
    [InlineData("/relative", "begin with https://")]
    [InlineData("//hooks.example/", "begin with https://")]
    [InlineData("https:///path", "begin with https://")]
    [InlineData("https://a..b/", "begin with https://")]
    [InlineData("https://hooks.example:99999/", "begin with https://")]
    [InlineData("https://hooks.example:0/", "port")]
    [InlineData("https://user:secret@hooks.example/", "user name")]
    [InlineData("https://user@hooks.example/", "user name")]
    [InlineData("https://hooks.example/a#b", "fragment")]
    [InlineData("https://hooks.example/#", "fragment")]
    [InlineData("https://hooks.example/a b", "blank")]
    [InlineData("https://hooks.example/a\r\nX: 1", "blank")]
    [InlineData("https://hooks.example\\@10.0.0.1/", "backslash")]
    [InlineData("https://-bad.example/", "host name")]
    public void Not_acceptable(string? url, string words)
    {
        using var rig = SendingRig.Guarded();

        var check = rig.Policy.ParseUrl(url);

        Assert.Null(check.Uri);
        Assert.Contains(words, Assert.Single(check.Errors), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", check.Errors[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://hooks.example/a/b?c=d%2Fe", "https://hooks.example/a/b?c=d%2Fe")]
    [InlineData("  https://HOOKS.example:443  ", "https://hooks.example/")]
    [InlineData("https://hooks.example:8443/", "https://hooks.example:8443/")]
    [InlineData("https://bücher.example/ü?ä", "https://xn--bcher-kva.example/%C3%BC?%C3%A4")]
    [InlineData("https://8.8.8.8/", "https://8.8.8.8/")]
    [InlineData("https://[2606:4700::1111]:8443/x", "https://[2606:4700::1111]:8443/x")]
    [InlineData("https://hooks_1.example/x@y", "https://hooks_1.example/x@y")]
    public void Acceptable_and_normalised(string url, string expected)
    {
        using var rig = SendingRig.Guarded();

        var check = rig.Policy.ParseUrl(url);

        Assert.Empty(check.Errors);
        Assert.Empty(check.Warnings);
        Assert.Equal(expected, check.Uri!.AbsoluteUri);
    }

    [Fact]
    public void Length_is_limited_as_typed_and_as_stored()
    {
        using var rig = SendingRig.Guarded();
        const string start = "https://hooks.example/";
        var fits = start + new string('a', EndpointPolicy.MaxLength - start.Length);

        Assert.True(rig.Policy.ParseUrl(fits).IsAcceptable);
        Assert.Contains("2048", rig.Policy.ParseUrl(fits + "a").Errors[0], StringComparison.Ordinal);
        Assert.Contains("2048", rig.Policy.ParseUrl(start + new string('ü', 1000)).Errors[0], StringComparison.Ordinal);
        Assert.False(rig.Policy.ParseUrl(new string('a', 100_000)).IsAcceptable);
    }

    [Fact]
    public async Task Plain_http_is_a_warning_or_an_error()
    {
        using var warning = SendingRig.Guarded();
        using var error = new SendingRig(new WebhookOptions { RequireHttps = true });

        var warned = await warning.Policy.CheckAsync("http://8.8.8.8/", Token);
        var refused = await error.Policy.CheckAsync("http://8.8.8.8/", Token);

        Assert.True(warned.IsAcceptable);
        Assert.Contains("not encrypted", Assert.Single(warned.Warnings), StringComparison.Ordinal);
        Assert.Contains("Webhooks:RequireHttps", Assert.Single(refused.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_public_name_is_fine_and_a_guarded_one_names_the_setting()
    {
        using var rig = SendingRig.Guarded();
        rig.Resolver.Add("hooks.example", "8.8.8.8", "2606:4700::1111").Add("hooks.internal", "10.0.0.5");

        var fine = await rig.Policy.CheckAsync("https://hooks.example/", Token);
        var guarded = await rig.Policy.CheckAsync("https://hooks.internal/", Token);

        Assert.Equal((0, 0), (fine.Errors.Count, fine.Warnings.Count));
        Assert.StartsWith(
            "hooks.internal resolves to 10.0.0.5, which is a private address", Assert.Single(guarded.Errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_look_up_that_hangs_is_a_warning_after_three_seconds()
    {
        var clock = new FakeTimeProvider();
        using var rig = new SendingRig(new WebhookOptions(), time: clock);
        rig.Resolver.Silent = "silent.example";

        var checking = rig.Policy.CheckAsync("https://silent.example/", Token);
        clock.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(checking.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.1));
        var check = await checking.WaitAsync(Patience, Token);

        Assert.True(check.IsAcceptable);
        Assert.Contains("could not be resolved now", Assert.Single(check.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_under_invalid_that_nobody_claims_is_unresolved()
    {
        using var rig = SendingRig.Guarded();

        Assert.Single((await rig.Policy.CheckAsync("https://test-receiver.invalid/", Token)).Warnings);
    }

    [Theory]
    [InlineData("https://hooks.slack.com/services/T00/B00/XXX", "https://hooks.slack.com/services/T0…")]
    [InlineData("https://discord.com/api/webhooks/1234567890/AbCdEf-token", "https://discord.com/api/webhooks/12…")]
    [InlineData("https://hooks.example/", "https://hooks.example/")]
    [InlineData("https://hooks.example", "https://hooks.example/")]
    [InlineData("https://hooks.example/hook", "https://hooks.example/hook")]
    [InlineData("https://hooks.example/status/hooks/", "https://hooks.example/status/hooks")]
    [InlineData("https://hooks.example:8443/a?token=abc", "https://hooks.example:8443/a…")]
    [InlineData("https://hooks.example/?token=abc", "https://hooks.example/…")]
    [InlineData("https://hooks.example/AbCdEfGh", "https://hooks.example/Ab…")]
    [InlineData("https://hooks.example/abcdefghijklmnop", "https://hooks.example/ab…")]
    [InlineData("https://hooks.example/a/b/secret", "https://hooks.example/a/b/se…")]
    [InlineData("https://hooks.example/v1/secret", "https://hooks.example/v1…")]
    [InlineData("https://user:pass@hooks.example/hook#frag", "https://hooks.example/hook")]
    [InlineData("https://bücher.example/hook", "https://xn--bcher-kva.example/hook")]
    [InlineData("http://[2606:4700::1111]:8080/hook", "http://[2606:4700::1111]:8080/hook")]
    public void Masked_URLs_show_the_receiver_and_no_token(string url, string expected) =>
        Assert.Equal(expected, MaskedUrl.Display(new Uri(url)));
}
