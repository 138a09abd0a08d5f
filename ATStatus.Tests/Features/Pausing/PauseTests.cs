using ATStatus.Admin.Features.Deliveries;
using ATStatus.Admin.Features.Notifications;
using ATStatus.Admin.Features.Pausing;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.TestReceiver;
using ATStatus.Tests.Support;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Tests.Features.Pausing;

/// <summary>The banner that every page has, and the switch.</summary>
public sealed class PauseTests : NotificationPagesFixture
{
    private readonly UnwritableDatabase _fault = new(UnwritableDatabase.Kind.ReadOnly);

    protected override void Configure(Microsoft.Extensions.DependencyInjection.IServiceCollection services) => _fault.AddTo(services);

    static PauseTests() => DefaultWaitTimeout = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task The_banner_appears_counts_and_goes_on_every_circuit()
    {
        var focused = false;
        var mine = Render<PauseBanner>(p => p.Add(x => x.OnResumed, EventCallback.Factory.Create(this, () => focused = true)));
        var other = Render<PauseBanner>();
        // There while it is silent, so that it is heard when it speaks.
        Assert.Equal("", mine.Find("[role=status]").TextContent.Trim());
        Assert.Empty(mine.FindAll("button"));

        await Get<SendingPauseService>().PauseAsync(new Actor("ada@example.com"), Stop);
        foreach (var banner in (IRenderedComponent<PauseBanner>[])[mine, other])
        {
            banner.WaitForAssertion(() => Assert.Matches("^Sending has been paused since .+ by ada@example.com\\.$", banner.Find("[role=status]").TextContent.Trim()));
            Assert.Contains("No deliveries waiting.", banner.Markup, StringComparison.Ordinal);
        }
        await AddNotificationAsync();
        var page = await AddPageAsync();
        await RaiseAsync(page, "API");
        other.WaitForAssertion(() => Assert.Contains("1 delivery waiting.", other.Markup, StringComparison.Ordinal));
        await RaiseAsync(page, "Web");
        other.WaitForAssertion(() => Assert.Contains("2 deliveries waiting.", other.Markup, StringComparison.Ordinal));

        await mine.Button("Resume").ClickAsync();
        Assert.True(focused);
        foreach (var banner in (IRenderedComponent<PauseBanner>[])[mine, other])
            banner.WaitForAssertion(() => Assert.Empty(banner.FindAll("button")));
        Assert.False(Get<SendingPauseQueries>().IsPaused);
    }

    [Fact]
    public async Task A_database_that_was_last_used_elsewhere_is_asked_about_and_resuming_settles_it()
    {
        await Get<SendingPauseService>().PauseAsync(new Actor(StartPause.PausedBy), Stop);
        Get<DatabaseUse>().Ask("web-1");
        var banner = Render<PauseBanner>();
        Assert.Equal("This database was last used by web-1. Resume sending?", banner.Find("[role=status]").TextContent.Trim());
        await banner.Button("Resume").ClickAsync();
        banner.WaitForAssertion(() => Assert.Empty(banner.FindAll("button")));
        Assert.Null(Get<DatabaseUse>().LastUsedBy);
    }

    [Fact]
    public async Task The_banner_says_that_the_database_cannot_be_written_and_goes_when_it_can()
    {
        var banner = Render<DatabaseBanner>();
        Assert.Equal("", banner.Find("[role=status]").TextContent.Trim());
        _fault.IsArmed = true;
        await Get<DatabaseWritability>().LookAsync();
        banner.WaitForAssertion(() => Assert.Matches(
            "^The database is read-only\\. Nothing has been saved or sent since .+\\. Both resume automatically", banner.Find("[role=status]").TextContent.Trim()));
        _fault.IsArmed = false;
        await Get<DatabaseWritability>().LookAsync();
        banner.WaitForAssertion(() => Assert.Equal("", banner.Find("[role=status]").TextContent.Trim()));
    }

    [Fact]
    public async Task The_switch_asks_before_it_pauses_and_tells_who_did_it()
    {
        await AddNotificationAsync();
        var list = Render<NotificationListPage>();
        Answer = false;
        await list.Field("Pause all sending").ChangeAsync(new() { Value = true });
        Assert.StartsWith("Pause all sending? No notifications are sent until you resume.", Asked, StringComparison.Ordinal);
        Assert.False(Get<SendingPauseQueries>().IsPaused);
        Assert.False(list.Field("Pause all sending").HasAttribute("checked"));

        Answer = true;
        await list.Field("Pause all sending").ChangeAsync(new() { Value = true });
        Assert.Equal("operator@example.com", (await Get<SendingPauseQueries>().FindAsync(Stop))!.By);
        list.WaitForAssertion(() => Assert.True(list.Field("Pause all sending").HasAttribute("checked")));

        await list.Field("Pause all sending").ChangeAsync(new() { Value = false });
        Assert.False(Get<SendingPauseQueries>().IsPaused);
    }

    [Fact]
    public async Task A_delivery_tells_that_it_waits_for_the_pause_also_when_it_is_redelivered()
    {
        await AddNotificationAsync(url: TestReceiverEndpoint.Url + "status/500");
        var delivery = await RaiseAsync(await AddPageAsync(), "API");
        await RunAsync(delivery);
        await Get<SendingPauseService>().PauseAsync(new Actor("ada@example.com"), Stop);
        var page = Render<DeliveryDetailPage>(p => p.Add(x => x.Id, delivery));
        Assert.Equal("All sending is paused: the new round waits until it is resumed.", page.Find("#redeliver-note").TextContent);

        await page.Button("Redeliver").ClickAsync();
        await RunAsync(delivery);
        page.WaitForAssertion(() => Assert.Contains("Waits: all sending is paused.", page.Find(".verdict").TextContent, StringComparison.Ordinal));
    }
}
