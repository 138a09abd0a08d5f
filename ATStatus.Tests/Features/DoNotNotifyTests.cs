using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Features.StatusComponents;
using ATStatus.Admin.Features.StatusPages;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.StatusPages;
using Bunit;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Features;

/// <summary>Everywhere a component's event is raised, it can be kept quiet, and the page says that it is.</summary>
public sealed class DoNotNotifyTests : FeatureTest
{
    private const string DoNotNotify = "Do not notify";
    private const string NotNotifiedWarning = "Status changes made here are recorded, and no notifications are sent.";

    [Fact]
    public async Task A_component_is_added_and_changed_quietly()
    {
        var page = await AddPageAsync();
        await AddNotificationAsync();
        var cut = Open<ComponentForm>();
        Type(cut, "Name", "API");
        await Field(cut, DoNotNotify).ChangeAsync(true);
        await cut.Find("form").SubmitAsync();
        Assert.Equal([(EventType.ComponentCreated, DeliveryState.Skipped)], await OutcomesAsync());

        var id = Assert.Single(await Get<StatusPageQueries>().ComponentsAsync(page, Stop)).Id;
        cut = Open<ComponentForm>(p => p.Add(f => f.Id, id));
        await Field(cut, "Status").ChangeAsync(nameof(ComponentStatus.Degraded));
        await Field(cut, DoNotNotify).ChangeAsync(true);
        await cut.Find("form").SubmitAsync();
        Assert.Equal((EventType.ComponentStatusChanged, DeliveryState.Skipped), (await OutcomesAsync())[^1]);
    }

    [Fact]
    public async Task While_the_lists_switch_is_on_statuses_are_set_quietly_and_the_list_says_so()
    {
        var page = await AddPageAsync();
        var id = await AddComponentAsync(page, "API");
        await AddNotificationAsync();
        var cut = Open<ComponentList>();
        Assert.DoesNotContain(NotNotifiedWarning, cut.Markup, StringComparison.Ordinal);

        await Field(cut, DoNotNotify).ChangeAsync(true);
        Assert.Contains(NotNotifiedWarning, cut.Find(".field-warning").TextContent, StringComparison.Ordinal);
        await StatusOf(cut, id).ChangeAsync(nameof(ComponentStatus.Degraded));
        Assert.Contains("No notifications will be sent: “Do not notify” is on.", cut.Find($"#pending-{id}").TextContent, StringComparison.Ordinal);
        await Button(cut, "Publish").ClickAsync();
        await Field(cut, DoNotNotify).ChangeAsync(false);
        Assert.DoesNotContain(NotNotifiedWarning, cut.Markup, StringComparison.Ordinal);
        await StatusOf(cut, id).ChangeAsync(nameof(ComponentStatus.MajorOutage));
        Assert.Contains("1 notification will be sent.", cut.Find($"#pending-{id}").TextContent, StringComparison.Ordinal);
        await Button(cut, "Publish").ClickAsync();

        Assert.Equal([DeliveryState.Skipped, DeliveryState.Pending], (await OutcomesAsync()).Select(outcome => outcome.State));
    }

    [Fact]
    public async Task On_the_pages_own_page_too()
    {
        var page = await AddPageAsync();
        await AddComponentAsync(page, "API");
        await AddNotificationAsync();
        var cut = Open<StatusPageForm>(p => p.Add(f => f.Id, page));
        cut.WaitForElement(".content select");

        await Field(cut, DoNotNotify, ".content").ChangeAsync(true);
        await cut.Find(".content select").ChangeAsync(nameof(ComponentStatus.Degraded));
        Assert.Empty(await OutcomesAsync());
        await Button(cut, "Publish").ClickAsync();

        Assert.Equal([(EventType.ComponentStatusChanged, DeliveryState.Skipped)], await OutcomesAsync());
    }

    [Theory]
    [InlineData(true, DeliveryState.Skipped)]
    [InlineData(false, DeliveryState.Pending)]
    public async Task A_component_is_deleted_as_its_question_says(bool doNotNotify, DeliveryState expected)
    {
        var page = await AddPageAsync();
        await AddComponentAsync(page, "API");
        await AddNotificationAsync();
        var dialog = Render<ConfirmDialog>();
        var cut = Open<ComponentList>();

        var deleting = Button(cut, "Delete API").ClickAsync();
        dialog.WaitForElement("[role=switch]");
        await Field(dialog, DoNotNotify).ChangeAsync(doNotNotify);
        Assert.Equal(doNotNotify, dialog.Markup.Contains("no notifications are sent", StringComparison.Ordinal));
        await Button(dialog, "Delete").ClickAsync();
        await dialog.Find("dialog").TriggerEventAsync("onclose", EventArgs.Empty);
        await deleting;

        Assert.Equal([(EventType.ComponentDeleted, expected)], await OutcomesAsync());
    }

    [Fact]
    public async Task A_page_is_deleted_quietly_with_its_components()
    {
        var page = await AddPageAsync();
        await AddComponentAsync(page, "API");
        await AddComponentAsync(page, "Mail");
        await AddNotificationAsync();
        var cut = Open<StatusPageForm>(p => p.Add(f => f.Id, page));

        Type(cut, "Name of the page", "Main Status");
        await Field(cut, DoNotNotify, ".danger").ChangeAsync(true);
        await cut.FindAll("form")[1].SubmitAsync();

        Assert.Equal(
            [(EventType.ComponentDeleted, DeliveryState.Skipped), (EventType.ComponentDeleted, DeliveryState.Skipped)],
            await OutcomesAsync());
    }

    [Fact]
    public async Task A_page_without_components_has_nobody_to_keep_quiet()
    {
        var page = await AddPageAsync();

        var cut = Open<StatusPageForm>(p => p.Add(f => f.Id, page));

        Assert.Empty(cut.FindAll("[role=switch]"));
        Assert.Empty(Open<ComponentList>().FindAll("[role=switch]"));
    }

    private static AngleSharp.Dom.IElement StatusOf(IRenderedComponent<ComponentList> cut, int component) =>
        cut.Find($"select[aria-describedby=component-{component}]");

    private async Task<List<(EventType Event, DeliveryState State)>> OutcomesAsync()
    {
        await using var db = await DbAsync();
        return [.. (await db.Deliveries.AsNoTracking().Include(d => d.Event).OrderBy(d => d.Id).ToListAsync(Stop)).Select(d => (d.Event!.Type, d.State))];
    }
}
