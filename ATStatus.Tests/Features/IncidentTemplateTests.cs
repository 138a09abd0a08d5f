using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Features.Incidents;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using Bunit;

namespace ATStatus.Tests.Features;

public sealed class IncidentTemplateTests : FeatureTest
{
    [Fact]
    public async Task A_template_fills_the_form_and_asks_before_it_overwrites()
    {
        await AddPageAsync();
        await SaveAsync("Database", "Database is slow");
        var id = (await ListAsync())[0].Id;
        var dialog = Render<ConfirmDialog>();
        var cut = Open<IncidentForm>();

        await Field(cut, "Template").ChangeAsync($"{id}");
        Assert.Equal(("Database is slow", "Queries take long."), (Value(cut, "Title"), Value(cut, "Message")));
        Assert.Equal(nameof(IncidentSeverity.Major), Value(cut, "Severity"));
        Assert.Equal(nameof(IncidentStatus.Identified), Value(cut, "Status"));

        Type(cut, "Title", "Typed");
        await ChooseAsync(cut, dialog, id, yes: false);
        Assert.Equal("Typed", Value(cut, "Title"));
        await ChooseAsync(cut, dialog, id, yes: true);
        Assert.Equal("Database is slow", Value(cut, "Title"));
    }

    [Fact]
    public async Task Saves_under_a_name_and_says_when_it_replaces()
    {
        await AddPageAsync();
        var cut = Open<IncidentForm>();
        await Button(cut, "Save as template").ClickAsync();
        await cut.Find(".saver form").SubmitAsync();
        Assert.Equal("Name is required.", ErrorOf(cut, "Name"));
        Assert.Contains("Title is required.", cut.Find(".saver [role=alert]").TextContent, StringComparison.Ordinal);

        Type(cut, "Title", "Mail is slow");
        Type(cut, "Message", "Queues are long.");
        Type(cut, "Template name", "Mail");
        await cut.Find(".saver form").SubmitAsync();
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("Mail is slow", Assert.Single(await ListAsync()).Title);

        await Button(cut, "Save as template").ClickAsync();
        Type(cut, "Title", "Mail is very slow");
        Type(cut, "Template name", "Mail");
        Assert.Contains("Saving replaces it", cut.Find("#Name-warning").TextContent, StringComparison.Ordinal);
        await cut.Find(".saver form").SubmitAsync();
        Assert.Equal("Mail is very slow", Assert.Single(await ListAsync()).Title);
    }

    [Fact]
    public async Task The_page_lists_and_deletes()
    {
        await SaveAsync("Database", "Database is slow");
        await SaveAsync("Mail", "Mail is slow");
        var dialog = Render<ConfirmDialog>();
        var cut = Open<TemplateList>();
        Assert.Equal(["Database", "Mail"], cut.FindAll("tbody th").Select(th => th.TextContent));

        var deleting = Button(cut, "Delete Mail").ClickAsync();
        await AnswerAsync(dialog, yes: true);
        await deleting;

        Assert.Equal("Database", Assert.Single(await ListAsync()).Name);
        Assert.Equal("Database", Assert.Single(cut.FindAll("tbody th")).TextContent);
    }

    private Task SaveAsync(string name, string title) => Get<IncidentTemplateService>().SaveAsync(
        new IncidentTemplateInput(name, title, IncidentSeverity.Major, IncidentStatus.Identified, "Queries take long."), Stop);

    private Task<IReadOnlyList<IncidentTemplate>> ListAsync() => Get<IncidentTemplateService>().ListAsync(Stop);

    private static async Task ChooseAsync(IRenderedComponent<IncidentForm> cut, IRenderedComponent<ConfirmDialog> dialog, int id, bool yes)
    {
        var choosing = Field(cut, "Template").ChangeAsync($"{id}");
        await AnswerAsync(dialog, yes);
        await choosing;
    }

    private static async Task AnswerAsync(IRenderedComponent<ConfirmDialog> dialog, bool yes)
    {
        dialog.WaitForAssertion(() => Assert.NotEmpty(dialog.FindAll("button")));
        await dialog.FindAll("button")[yes ? 1 : 0].ClickAsync();
        await dialog.Find("dialog").TriggerEventAsync("onclose", EventArgs.Empty);
    }
}
