using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Features.Incidents;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
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
        Assert.Contains("“Mail is slow”. Saving replaces it.", cut.Find("#Name-warning").TextContent, StringComparison.Ordinal);
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

    [Fact]
    public async Task A_name_that_somebody_else_has_taken_meanwhile_is_not_written_over()
    {
        await AddPageAsync();
        var cut = Open<IncidentForm>();
        Type(cut, "Title", "Mine");
        Type(cut, "Message", "Queues are long.");
        await Button(cut, "Save as template").ClickAsync();
        Type(cut, "Template name", "Mail");
        await SaveAsync("Mail", "Theirs");

        await cut.Find(".saver form").SubmitAsync();
        Assert.Equal("There is another template with this name.", ErrorOf(cut, "Name"));
        Assert.Contains("“Theirs”. Saving replaces it.", cut.Find("#Name-warning").TextContent, StringComparison.Ordinal);
        Assert.Equal("Theirs", Assert.Single(await ListAsync()).Title);

        var seen = (await ListAsync())[0];
        await Get<IncidentTemplateService>().UpdateAsync(
            seen, new IncidentTemplateInput("Mail", "Theirs again", seen.Severity, seen.Status, seen.Message), Stop);
        await cut.Find(".saver form").SubmitAsync();
        Assert.Contains("Someone else changed this template", cut.Find(".saver [role=alert]").TextContent, StringComparison.Ordinal);
        await Button(cut, "Reload").ClickAsync();
        Assert.Contains("“Theirs again”. Saving replaces it.", cut.Find("#Name-warning").TextContent, StringComparison.Ordinal);
        await cut.Find(".saver form").SubmitAsync();
        Assert.Equal("Mine", Assert.Single(await ListAsync()).Title);
    }

    [Fact]
    public async Task An_incidents_own_text_is_saved_as_one()
    {
        var id = await AddIncidentAsync(await AddPageAsync());
        await Get<IncidentService>().PostUpdateAsync(
            id, 0, new IncidentUpdateInput(IncidentStatus.Resolved, "Over."), new Actor("bea@example.com"), Stop);
        var cut = Open<IncidentPage>(p => p.Add(page => page.Id, id));

        await Button(cut, "Save as template").ClickAsync();
        Type(cut, "Template name", "API");
        await cut.Find(".saver form").SubmitAsync();

        var saved = Assert.Single(await ListAsync());
        Assert.Equal(
            ("API", "API down", IncidentSeverity.Major, IncidentStatus.Investigating, "We are looking."),
            (saved.Name, saved.Title, saved.Severity, saved.Status, saved.Message));
    }

    [Fact]
    public async Task One_is_written_and_bad_input_told_beside_the_field()
    {
        var cut = Open<TemplateForm>();
        await cut.Find("form").SubmitAsync();
        Assert.All(["Name", "Title", "Message"], field => Assert.Equal($"{field} is required.", ErrorOf(cut, field)));

        Type(cut, "Template name", "Mail");
        Type(cut, "Title", "Mail is slow");
        Type(cut, "Message", "Queues are long.");
        await Field(cut, "Severity").ChangeAsync(nameof(IncidentSeverity.Major));
        await cut.Find("form").SubmitAsync();

        var saved = Assert.Single(await ListAsync());
        Assert.Equal(("Mail", "Mail is slow", IncidentSeverity.Major), (saved.Name, saved.Title, saved.Severity));
        Assert.Equal("admin/incidents/templates", Address);
    }

    [Fact]
    public async Task A_change_of_an_older_state_is_refused_and_stays_typed()
    {
        await SaveAsync("Mail", "Mail is slow");
        var seen = (await ListAsync())[0];
        var cut = Open<TemplateForm>(p => p.Add(page => page.Id, seen.Id));
        Assert.Equal("Mail", cut.Find("h1").TextContent);
        Type(cut, "Title", "Mine");
        await Get<IncidentTemplateService>().UpdateAsync(
            seen, new IncidentTemplateInput("Mail", "Theirs", IncidentSeverity.Critical, seen.Status, seen.Message), Stop);

        await cut.Find("form").SubmitAsync();
        Assert.Contains("Someone else changed this template", cut.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        await Button(cut, "Reload").ClickAsync();
        Assert.Equal("Mine", Value(cut, "Title"));
        Assert.Contains("“Theirs”", cut.Find("#Title-warning").TextContent, StringComparison.Ordinal);
        Assert.Equal(nameof(IncidentSeverity.Critical), Value(cut, "Severity"));
        await cut.Find("form").SubmitAsync();

        var saved = Assert.Single(await ListAsync());
        Assert.Equal(("Mine", IncidentSeverity.Critical), (saved.Title, saved.Severity));
    }

    private Task SaveAsync(string name, string title) => Get<IncidentTemplateService>().AddAsync(
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
