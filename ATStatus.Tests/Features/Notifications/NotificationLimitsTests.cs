using ATStatus.Admin.Features.Notifications;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Notifications;
using ATStatus.Core.StatusPages;
using ATStatus.Core.TestReceiver;
using ATStatus.Tests.Support;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Tests.Features.Notifications;

/// <summary>Only some components, only from a severity upwards, and who is alerted when it fails: by the form, and shown in the list.</summary>
public sealed class NotificationLimitsTests : NotificationPagesFixture
{
    [Fact]
    public async Task Components_and_a_severity_are_chosen_kept_and_shown()
    {
        var page = await AddPageAsync();
        var (api, web) = (await ComponentAsync(page, "API"), await ComponentAsync(page, "Web"));
        await ComponentAsync(page, "Mail");
        var form = FilledForm();
        Assert.True(form.Field("All components").HasAttribute("checked"));
        Assert.Equal(["Any", "Minor or worse", "Major or worse", "Critical"], form.Field("Incident severity").QuerySelectorAll("option").Select(o => o.TextContent));
        form.Field("API").Change(true);
        form.Field("Web").Change(true);
        Assert.False(form.Field("All components").HasAttribute("checked"));
        Assert.Contains("Events without a component", form.Find("#ComponentIds-help").TextContent, StringComparison.Ordinal);
        form.Field("Incident severity").Change("Major");

        await form.Find("form").SubmitAsync();

        var saved = Assert.Single(await Get<NotificationQueries>().ListAsync(Stop));
        Assert.Equal(IncidentSeverity.Major, saved.Subscription.MinSeverity);
        Assert.Equal([api, web], (await Get<NotificationQueries>().FindAsync(saved.Id, Stop))!.Subscription.ComponentIds!.Order());
        var row = Render<NotificationListPage>().Row("Ops");
        Assert.Contains("of API, Web", row.TextContent, StringComparison.Ordinal);
        Assert.Contains("incidents: major or worse", row.TextContent, StringComparison.Ordinal);

        var edit = Render<NotificationEditPage>(p => p.Add(x => x.Id, saved.Id));
        Assert.True(edit.Field("Web").HasAttribute("checked"));
        Assert.False(edit.Field("Mail").HasAttribute("checked"));
        Assert.Equal("Major", edit.Field("Incident severity").GetAttribute("value"));
        edit.Field("All components").Change(true);
        edit.Field("Incident severity").Change("");
        await edit.Find("form").SubmitAsync();
        var again = (await Get<NotificationQueries>().FindAsync(saved.Id, Stop))!;
        Assert.Equal((null, null), (again.Subscription.ComponentIds, again.Subscription.MinSeverity));
    }

    [Fact]
    public async Task Components_stand_under_their_page_and_only_those_of_pages_that_are_heard_are_offered()
    {
        var (main, other) = (await AddPageAsync(), await AddPageAsync("Other"));
        await ComponentAsync(main, "API");
        await ComponentAsync(other, "Shop");
        var form = FilledForm();
        Assert.Equal(["Main Status", "Other"], form.FindAll("#ComponentIds [role=group]").Select(g => form.Find($"#{g.GetAttribute("aria-labelledby")}").TextContent));
        form.Field("Shop").Change(true);

        form.Field("Main Status").Change(true);

        Assert.DoesNotContain(form.FindAll("#ComponentIds label"), label => label.TextContent.Trim() == "Shop");
        await form.Find("form").SubmitAsync();
        Assert.Equal("Choose at least one component, or all.", form.ErrorOf("ComponentIds"));
        Assert.Contains("ComponentIds-error", form.Find("#ComponentIds").GetAttribute("aria-describedby"), StringComparison.Ordinal);
        form.Field("API").Change(true);
        Assert.Null(form.ErrorOf("ComponentIds"));
        await form.Find("form").SubmitAsync();
        Assert.Equal(["API"], Assert.Single(await Get<NotificationQueries>().ListAsync(Stop)).ComponentNames);
    }

    [Fact]
    public async Task One_that_is_left_without_a_component_says_so_and_must_choose_again()
    {
        var page = await AddPageAsync();
        var api = await ComponentAsync(page, "API");
        var form = FilledForm();
        form.Field("API").Change(true);
        await form.Find("form").SubmitAsync();
        await Get<ComponentService>().DeleteAsync(api, cancellationToken: Stop);

        Assert.Contains("of no component any more: receives nothing", Render<NotificationListPage>().Row("Ops").TextContent, StringComparison.Ordinal);
        var edit = Render<NotificationEditPage>(p => p.Add(x => x.Id, 1));
        Assert.False(edit.Field("All components").HasAttribute("checked"));
        await edit.Find("form").SubmitAsync();
        Assert.Equal("Choose at least one component, or all.", edit.ErrorOf("ComponentIds"));
    }

    [Fact]
    public async Task One_that_is_left_without_a_page_says_so_in_the_list_and_receives_nothing()
    {
        var (main, other) = (await AddPageAsync(), await AddPageAsync("Other"));
        await Get<NotificationService>().CreateAsync(new NotificationInput(
            "webhook", "Ops", new(TestReceiverEndpoint.Url), new([.. EventTypes.All]) { StatusPageIds = [other] }), Stop);
        Assert.Contains("on Other", Render<NotificationListPage>().Row("Ops").TextContent, StringComparison.Ordinal);
        await Get<StatusPageService>().DeleteAsync(other, "Other", cancellationToken: Stop);

        var row = Render<NotificationListPage>().Row("Ops").TextContent;
        Assert.Contains("on no status page any more: receives nothing", row, StringComparison.Ordinal);
        Assert.Contains("Receives nothing", row, StringComparison.Ordinal);
        Assert.DoesNotContain("on all status pages", row, StringComparison.Ordinal);
        await RaiseOnAsync(main);
        Assert.Empty((await Get<DeliveryQueries>().PageAsync(new DeliveryFilter(), null, null, 1, Stop)).Rows);

        Task<int> RaiseOnAsync(int page) => ComponentAsync(page, "API");
    }

    [Theory]
    // Nothing is left of the components, of the pages with them, or the new component is none that was chosen.
    [InlineData(false, true, "of no component any more: receives nothing")]
    [InlineData(true, true, "on no status page any more: receives nothing")]
    [InlineData(true, false, null)]
    [InlineData(false, false, null)]
    public async Task What_is_left_of_pages_and_components_together_decides(bool deletesPage, bool limitsComponents, string? says)
    {
        var page = await AddPageAsync();
        if (limitsComponents || !deletesPage)
            await AddPageAsync("Other");
        var api = await ComponentAsync(page, "API");
        await Get<NotificationService>().CreateAsync(
            new NotificationInput(
                "webhook", "Ops", new(TestReceiverEndpoint.Url),
                new([.. EventTypes.All])
                {
                    StatusPageIds = deletesPage && limitsComponents ? [page] : null,
                    ComponentIds = limitsComponents ? [api] : null,
                    MinSeverity = IncidentSeverity.Critical,
                }),
            Stop);
        if (deletesPage)
            await Get<StatusPageService>().DeleteAsync(page, "Main Status", cancellationToken: Stop);
        else
            await Get<ComponentService>().DeleteAsync(api, cancellationToken: Stop);

        var row = Render<NotificationListPage>().Row("Ops").TextContent;
        Assert.Equal(says is not null, row.Contains("receives nothing", StringComparison.Ordinal));
        Assert.Contains(says ?? "on all status pages", row, StringComparison.Ordinal);
        Assert.Contains("incidents: critical", row, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limited_to_components_it_never_receives_that_one_was_created()
    {
        var page = await AddPageAsync();
        var api = await ComponentAsync(page, "API");
        await Get<NotificationService>().CreateAsync(
            new NotificationInput(
                "webhook", "Ops", new(TestReceiverEndpoint.Url), new([EventType.ComponentCreated]) { ComponentIds = [api] }), Stop);
        Assert.Contains("a new component is never among those chosen: receives nothing", Render<NotificationListPage>().Row("Ops").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_told_when_it_fails_is_one_of_the_others_and_the_list_says_when_that_was()
    {
        var page = await AddPageAsync();
        var pager = await AddNotificationAsync("Pager");
        var id = await AddNotificationAsync("Broken", TestReceiverEndpoint.Url + "status/500");
        var edit = Render<NotificationEditPage>(p => p.Add(x => x.Id, id));
        Assert.Equal(["No one", "Pager"], edit.Field("Alert on failure").QuerySelectorAll("option").Select(o => o.TextContent));
        edit.Field("Alert on failure").Change($"{pager}");
        await edit.Find("form").SubmitAsync();
        var list = Render<NotificationListPage>();
        Assert.Contains("Pager is alerted on failure", list.Row("Broken").TextContent, StringComparison.Ordinal);

        await ComponentAsync(page, "API");
        foreach (var delivery in (await Get<DeliveryQueries>().PageAsync(new DeliveryFilter(), null, null, 10, Stop)).Rows)
            await RunAsync(delivery.Id);

        Assert.Contains("Failing; Pager was alerted", Render<NotificationListPage>().Row("Broken").TextContent, StringComparison.Ordinal);
        var alert = (await Get<DeliveryQueries>().PageAsync(new DeliveryFilter(pager), null, null, 10, Stop)).Rows[0];
        Assert.Equal((EventType.NotificationFailing, "Broken"), (alert.Event, alert.Title));
    }

    [Fact]
    public async Task A_copy_has_everything_but_the_secret_and_does_not_exist_before_it_is_saved()
    {
        var page = await AddPageAsync();
        await ComponentAsync(page, "API");
        var form = FilledForm();
        form.Field("Secret").Input("s3cr3t-that-nobody-sees");
        form.Field("API").Change(true);
        form.Field("Incident severity").Change("Critical");
        form.Field("Keep events in order").Change(true);
        await form.Find("form").SubmitAsync();
        Assert.Equal("admin/notifications/new?from=1", Render<NotificationListPage>().Button("Duplicate Ops").GetAttribute("href"));

        Get<NavigationManager>().NavigateTo("admin/notifications/new?from=1");
        var copy = Render<NotificationEditPage>();
        Assert.Equal("Ops (copy)", copy.Field("Name").GetAttribute("value"));
        Assert.Contains("A copy of Ops. It does not exist before it is saved. Its secret is not copied", copy.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", copy.Markup, StringComparison.Ordinal);
        await copy.Find("form").SubmitAsync();
        Assert.Equal("Enter or generate a secret: that of the original is not copied.", copy.ErrorOf("Secret"));
        Assert.Single(await Get<NotificationQueries>().ListAsync(Stop));
        copy.Button("Generate").Click();
        await copy.Find("form").SubmitAsync();

        var (one, two) = ((await Get<NotificationQueries>().FindAsync(1, Stop))!, (await Get<NotificationQueries>().FindAsync(2, Stop))!);
        Assert.Equal("Ops", one.Name);
        Assert.Equal((one.Url, one.Subscription, true), (two.Url, two.Subscription, two.HasSecret));
    }

    [Fact]
    public async Task Several_are_selected_and_switched_together()
    {
        await AddNotificationAsync("One");
        await AddNotificationAsync("Two");
        var off = await AddNotificationAsync("Three");
        await Get<NotificationService>().SetEnabledAsync(off, false, Stop);
        var list = Render<NotificationListPage>();
        Assert.DoesNotContain("Switch off selected", list.Markup, StringComparison.Ordinal);

        list.Field("Select all").Change(true);
        Assert.Contains("3 selected", list.Markup, StringComparison.Ordinal);
        list.Field("Select Two").Change(false);
        Assert.Contains("2 selected", list.Markup, StringComparison.Ordinal);
        await list.Button("Switch off selected").ClickAsync();

        list.WaitForAssertion(() => Assert.Contains("Switched off", list.Row("One").TextContent, StringComparison.Ordinal));
        Assert.Equal([false, false, true], (await Get<NotificationQueries>().ListAsync(Stop)).Select(r => r.Enabled));
        list.Field("Select all").Change(true);
        await list.Button("Switch on selected").ClickAsync();
        Assert.All(await Get<NotificationQueries>().ListAsync(Stop), row => Assert.True(row.Enabled));
        // What was done is done: nothing is selected any more.
        Assert.DoesNotContain("Switch off selected", list.Markup, StringComparison.Ordinal);
    }

    private Task<int> ComponentAsync(int page, string name) =>
        Get<ComponentService>().CreateAsync(new ComponentInput(page, name, ComponentStatus.Operational), Stop);

    private IRenderedComponent<NotificationEditPage> FilledForm()
    {
        var form = Render<NotificationEditPage>();
        form.Field("Name").Input("Ops");
        form.Field("URL").Input("https://127.0.0.1/hook");
        form.Field("incident.created").Change(true);
        return form;
    }
}
