using ATStatus.Admin.Features.Notifications;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;
using ATStatus.Tests.Sending;
using ATStatus.Tests.Support;
using Bunit;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Features.Notifications;

/// <summary>Some of <see cref="GuardAttacks"/> as a person would try them: typed into the form, tested, saved.</summary>
public sealed class NotificationGuardTests : NotificationPagesFixture
{
    [Theory]
    [InlineData("http://0x7f.1:{0}/hook")]
    [InlineData("http://[::ffff:7f00:1]:{0}/hook")]
    [InlineData("http://localhost.:{0}/hook")]
    [InlineData("http://169.254.169.254:{0}/latest/meta-data/")]
    [InlineData("http://metadata.google.internal:{0}/computeMetadata/v1/")]
    [InlineData("http://mixed.example:{0}/hook")]
    public async Task A_guarded_target_is_refused_when_tested_and_when_saved(string url)
    {
        using var trap = new ConnectionTrap();
        await AddPageAsync();
        var form = Render<NotificationEditPage>();
        form.Field("Name").Input("Attack");
        form.Field("URL").Input(url.Replace("{0}", $"{trap.Port}", StringComparison.Ordinal));
        form.Field("component.created").Change(true);

        await form.Button("Send test").ClickAsync();
        form.WaitForAssertion(() => Assert.Contains("Webhooks:AllowedNetworks", form.Find("[data-testid=test-outcome]").TextContent, StringComparison.Ordinal));
        await form.Find("form").SubmitAsync();

        form.WaitForAssertion(() => Assert.Contains("Webhooks:AllowedNetworks", form.ErrorOf("Url"), StringComparison.Ordinal));
        Assert.Empty(await Get<NotificationQueries>().ListAsync(Stop));
        var tested = Assert.Single((await Get<DeliveryQueries>().PageAsync(new DeliveryFilter(), null, null, 10, Stop)).Rows);
        Assert.Equal(DeliveryState.Failed, tested.State);
        trap.AssertSilent();
    }

    /// <summary>The guard as it is out of the box.</summary>
    protected override void Configure(IServiceCollection services)
    {
        services.AddSingleton(new WebhookOptions());
        services.AddSingleton<INameResolver>(new ScriptedResolver()
            .Add("metadata.google.internal", "169.254.169.254").Add("mixed.example", "8.8.8.8", "127.0.0.1"));
    }
}
