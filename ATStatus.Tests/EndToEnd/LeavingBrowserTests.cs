using System.Collections;
using System.Reflection;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.EndToEnd;

/// <summary>Leaving a form: by saving, and then the browser's Back; by closing the page.</summary>
public sealed class LeavingBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    [Theory]
    [InlineData("admin/status-pages", "new", "Status pages", "Name=Second page;Slug=second")]
    [InlineData("admin/status-pages", "1", "Status pages", "Description=Changed")]
    [InlineData("admin/components", "new", "Components", "Name=Search")]
    [InlineData("admin/incidents", "new", "Incidents", "Title=Slow;Message=We look into it.")]
    [InlineData("admin/incidents/templates", "new", "Incident templates", "Template name=Usual;Title=Slow;Message=We look into it.")]
    [InlineData("admin/maintenance", "new", "Maintenance", "Title=Upgrade;Message=Soon.;Starts=2031-01-01T10:00;Ends=2031-01-01T11:00")]
    [InlineData("admin/notifications", "new", "Notifications", "Name=Ops;URL=https://hooks.example.com/x;incident.created=*")]
    public async Task Back_after_saving_leads_to_where_one_was_before_the_form(string list, string form, string heading, string values)
    {
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        await Page.GotoAsync(list);
        var title = Page.Locator("main h1");
        await Expect(title).ToContainTextAsync(heading);
        await Page.EvaluateAsync("address => Blazor.navigateTo(address)", $"{list}/{form}");
        foreach (var (label, value) in values.Split(';').Select(pair => pair.Split('=', 2)).Select(pair => (pair[0], pair[1])))
        {
            if (value == "*")
                await Page.Checkbox(label).CheckAsync();
            else
                await Page.Field(label).FillAsync(value);
        }
        await Page.Button("Save").First.ClickAsync();
        await Expect(Page).Not.ToHaveURLAsync(new Uri(App.Address, $"{list}/{form}").AbsoluteUri);

        await Page.GoBackAsync();

        await Expect(Page).ToHaveURLAsync(new Uri(App.Address, list).AbsoluteUri);
        await Expect(title).ToHaveTextAsync(heading);
    }

    [Fact]
    public async Task Closing_a_page_logs_no_error()
    {
        await StartSignedInAsync();
        await Get<SampleData>().LoadAsync(Stop);
        foreach (var (path, field) in (IEnumerable<(string, string)>)
            [
                ("admin/incidents/new?page=1", "Title"), ("admin/notifications/new", "Name"), ("admin/maintenance/new?page=1", "Title"), ("admin/status-pages/1", "Name"),
                ("admin/deliveries", "Search"),
            ])
        {
            var tab = await Window.NewTabAsync();
            await tab.GotoAsync(path);
            await tab.Field(field).FillAsync("Typed, and left");
            await tab.WaitForFunctionAsync("() => window.atstatus.edits.isSettled()");
            await tab.CloseAsync();
            // One is left: the first tab's.
            await Eventually.TrueAsync(() => CircuitsOf("ConnectedCircuits") == 1);
        }

        Assert.DoesNotContain(App.Logs, line => line.StartsWith("Error", StringComparison.Ordinal) || line.Contains("unhandled exception", StringComparison.OrdinalIgnoreCase));
    }

    private int CircuitsOf(string property)
    {
        var type = typeof(CircuitOptions).Assembly.GetType("Microsoft.AspNetCore.Components.Server.Circuits.CircuitRegistry", throwOnError: true)!;
        var registry = App.Services.GetRequiredService(type);
        return ((IEnumerable)type.GetProperty(property, BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)!.GetValue(registry)!).Cast<object>().Count();
    }
}
