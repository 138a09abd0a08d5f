using ATStatus.Admin.Components;
using ATStatus.Admin.Components.Layout;
using ATStatus.Admin.Components.Shared;
using ATStatus.Core.Model;
using ATStatus.Tests.Support;
using Bunit;
using Bunit.TestDoubles;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Components;

public sealed class ShellTests : ConsoleContext
{
    private static readonly string[] Places =
        ["Overview", "Status pages", "Components", "Incidents", "Maintenance", "Notifications", "Deliveries", "Test receiver"];

    [Fact]
    public void Administrator_sees_every_place_and_jobs()
    {
        this.SignIn("admin@example.com");

        var links = Render<NavMenu>().FindAll("a");

        Assert.Equal([.. Places, "Jobs", "Users", "Audit log", "API keys", "Settings"], links.Select(link => link.TextContent.Trim()));
        // Relative, for installations under a sub-path.
        Assert.All(links, link => Assert.False(link.GetAttribute("href")!.StartsWith('/')));
        // Left to the browser: the dashboard is no page of the router.
        Assert.Equal("_top", links[^5].GetAttribute("target"));
    }

    [Fact]
    public void Others_see_neither_jobs_nor_settings()
    {
        this.SignIn("viewer@example.com", Roles.Viewer);

        Assert.Equal(Places, Render<NavMenu>().FindAll("a").Select(link => link.TextContent.Trim()));
    }

    [Fact]
    public void Stranger_is_sent_to_sign_in_and_back_by_a_path_of_this_site()
    {
        var navigation = Services.GetRequiredService<BunitNavigationManager>();
        navigation.NavigateTo("admin/deliveries?state=failed&page=2");

        var page = Render<RedirectToLogin>();

        page.WaitForAssertion(() => Assert.Equal("http://localhost/login?returnUrl=%2Fadmin%2Fdeliveries%3Fstate%3Dfailed%26page%3D2", navigation.Uri));
        Assert.True(navigation.History.First().Options.ForceLoad);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Guard_holds_back_only_unsaved_changes(bool dirty, bool leaves)
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        var navigation = Services.GetRequiredService<NavigationManager>();
        Render<UnsavedChangesGuard>(p => p.Add(g => g.Dirty, dirty));

        // Nobody is there to confirm, which means no.
        navigation.NavigateTo("admin/incidents");

        Assert.Equal(leaves, navigation.Uri.EndsWith("admin/incidents", StringComparison.Ordinal));
    }
}
