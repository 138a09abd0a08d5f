using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Features.StatusComponents;
using ATStatus.Admin.Features.StatusPages;
using ATStatus.Core.StatusPages;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Tests.Features;

/// <summary>What is typed in a form of pages, components and groups is not lost by a click on a link.</summary>
public sealed class UnsavedChangesTests : FeatureTest
{
    [Theory]
    [InlineData("new status page")]
    [InlineData("status page")]
    [InlineData("new component")]
    [InlineData("component")]
    [InlineData("new group")]
    [InlineData("group")]
    public async Task Leaving_with_something_typed_asks_first(string form)
    {
        Go("admin/components");
        var dialog = Render<ConfirmDialog>();
        var (cut, label) = await OpenAsync(form);
        Go("admin/incidents");
        Assert.Equal("admin/incidents", Address);

        Type(cut, label, "Typed");
        Go("admin");
        await AnswerAsync(dialog, "Stay");
        Assert.Equal("admin/incidents", Address);
        Assert.Equal("Typed", Value(cut, label));

        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Get<NavigationManager>().LocationChanged += (_, _) => left.TrySetResult();
        Go("admin");
        await AnswerAsync(dialog, "Leave");
        await left.Task.WaitAsync(TimeSpan.FromSeconds(30), Stop);
        Assert.Equal("admin", Address);
    }

    [Theory]
    [InlineData("Visible", false)]
    [InlineData("Description", "Ours")]
    public async Task Whatever_field_was_changed(string label, object value)
    {
        Go("admin/components/new");
        var (cut, _) = await OpenAsync("component");

        if (value is string text)
            Type(cut, label, text);
        else
            await Field(cut, label).ChangeAsync(value);
        Go("admin");

        Assert.Equal("admin/components/new", Address);
    }

    [Fact]
    public async Task Folding_another_group_leaves_the_form_where_it_is()
    {
        Go("admin/components");
        var (cut, label) = await OpenAsync("group");
        var other = await Get<ComponentOrder>().AddGroupAsync(1, "Other", Stop);
        cut = Open<ComponentList>();
        await Button(cut, "Rename Core").ClickAsync();
        Type(cut, label, "Typed");

        await cut.Find($"#group-{other}").ClickAsync();
        Assert.Equal($"admin/components?closed={other}", Address);
        Assert.Equal("Typed", Value(cut, label));

        Go("admin/components?page=1");
        Assert.Equal($"admin/components?closed={other}", Address);
    }

    private void Go(string address) => Get<NavigationManager>().NavigateTo(address);

    private static async Task AnswerAsync(IRenderedComponent<ConfirmDialog> dialog, string button)
    {
        dialog.WaitForAssertion(() => Assert.Equal("Leave without saving?", dialog.Find("#confirm-title").TextContent));
        await Button(dialog, button).ClickAsync();
        await dialog.Find("dialog").TriggerEventAsync("onclose", EventArgs.Empty);
    }

    private async Task<(IRenderedComponent<IComponent> Cut, string Label)> OpenAsync(string form)
    {
        var page = await AddPageAsync();
        var component = await AddComponentAsync(page, "API");
        await Get<ComponentOrder>().AddGroupAsync(page, "Core", Stop);
        switch (form)
        {
            case "new status page":
                return (Open<StatusPageForm>(), "Name");
            case "status page":
                return (Open<StatusPageForm>(p => p.Add(f => f.Id, page)), "Name");
            case "new component":
                return (Open<ComponentForm>(), "Name");
            case "component":
                return (Open<ComponentForm>(p => p.Add(f => f.Id, component)), "Name");
            default:
                var list = Open<ComponentList>();
                await Button(list, form == "group" ? "Rename Core" : "Add group").ClickAsync();
                return (list, "Group name");
        }
    }
}
