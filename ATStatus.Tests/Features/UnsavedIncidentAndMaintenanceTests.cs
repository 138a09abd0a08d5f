using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Features.Incidents;
using ATStatus.Admin.Features.Maintenance;
using ATStatus.Admin.Features.StatusComponents;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Maintenance;
using ATStatus.Tests.Support;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Tests.Features;

/// <summary>A form of incidents, templates or maintenance with something typed asks before it is left; without, it does not.</summary>
public sealed class UnsavedIncidentAndMaintenanceTests : FeatureTest
{
    [Theory]
    [InlineData("Title", "API down")]
    [InlineData("Message", "We are looking.")]
    [InlineData("Started", "2026-01-14T09:00")]
    public async Task A_new_incident(string field, string text)
    {
        await AddPageAsync();
        await AsksBeforeLeavingAsync(Open<IncidentForm>(), cut => Type(cut, field, text));
    }

    [Fact]
    public async Task A_new_incidents_components()
    {
        await AddComponentAsync(await AddPageAsync(), "API");
        await AsksBeforeLeavingAsync(Open<IncidentForm>(), cut => cut.Find("#Components input").Change(true));
    }

    [Fact]
    public async Task An_updates_message() => await AsksBeforeLeavingAsync(await OpenIncidentAsync(), cut => Type(cut, "Message", "Half typed"));

    [Theory]
    [InlineData("Status", nameof(IncidentStatus.Monitoring))]
    [InlineData("Severity", nameof(IncidentSeverity.Critical))]
    public async Task What_was_chosen_in_an_update(string field, string value) =>
        await AsksBeforeLeavingAsync(await OpenIncidentAsync(), cut => Field(cut, field).Change(value));

    [Fact]
    public async Task An_updates_components()
    {
        var page = await AddPageAsync();
        await AddComponentAsync(page, "API");
        var id = await AddIncidentAsync(page);
        await AsksBeforeLeavingAsync(Open<IncidentPage>(p => p.Add(incident => incident.Id, id)), cut => cut.Find("#Components input").Change(true));
    }

    [Theory]
    [InlineData("Title", "Half typed")]
    [InlineData("Started", "2026-01-14T09:00")]
    public async Task An_incidents_edit(string field, string text) => await AsksBeforeLeavingAsync(await OpenIncidentAsync(), cut =>
    {
        Button(cut, "Edit").Click();
        Type(cut, field, text);
    });

    [Fact]
    public async Task A_correction_of_a_components_history()
    {
        var id = await AddComponentAsync(await AddPageAsync(), "API");
        await AsksBeforeLeavingAsync(Open<ComponentForm>(p => p.Add(page => page.Id, id)), cut =>
        {
            Button(cut, "Correct history").Click();
            Type(cut, "From", "2026-01-14T09:00");
        });
    }

    [Fact]
    public async Task A_timelines_correction() => await AsksBeforeLeavingAsync(await OpenIncidentAsync(), cut =>
    {
        Button(cut, "Edit message").Click();
        Type(cut, "Corrected message", "Half typed");
    });

    [Fact]
    public async Task A_templates_name_beside_a_new_incident()
    {
        await AddPageAsync();
        await AsksBeforeLeavingAsync(Open<IncidentForm>(), NameATemplate);
    }

    [Fact]
    public async Task A_templates_name_beside_an_incident() => await AsksBeforeLeavingAsync(await OpenIncidentAsync(), NameATemplate);

    [Theory]
    [InlineData(false, "Title")]
    [InlineData(true, "Message")]
    [InlineData(true, "Template name")]
    public async Task A_template(bool saved, string field)
    {
        await Get<IncidentTemplateService>().AddAsync(
            new IncidentTemplateInput("Mail", "Mail is slow", IncidentSeverity.Minor, IncidentStatus.Investigating, "Queues are long."), Stop);
        int? id = saved ? (await Get<IncidentTemplateService>().ListAsync(Stop))[0].Id : null;
        await AsksBeforeLeavingAsync(Open<TemplateForm>(p => p.Add(page => page.Id, id)), cut => Type(cut, field, "Half typed"));
    }

    [Theory]
    [InlineData("Title", "Upgrade")]
    [InlineData("Starts", "2026-01-20T02:00")]
    public async Task New_maintenance(string field, string text)
    {
        await AddPageAsync();
        await AsksBeforeLeavingAsync(Open<MaintenanceForm>(), cut => Type(cut, field, text));
    }

    [Fact]
    public async Task New_maintenances_components()
    {
        await AddComponentAsync(await AddPageAsync(), "API");
        await AsksBeforeLeavingAsync(Open<MaintenanceForm>(), cut => cut.Find("#ComponentIds input").Change(true));
    }

    [Fact]
    public async Task A_new_maintenances_recurrence()
    {
        await AddPageAsync();
        await AsksBeforeLeavingAsync(Open<MaintenanceForm>(), cut => Field(cut, "Repeats").Change(nameof(Recurrence.Daily)));
    }

    [Theory]
    [InlineData(1, "Title", "Upgrade")]
    [InlineData(1, "Starts", "2026-01-20T02:00")]
    [InlineData(-1, "Ends", "2026-01-20T02:00")]
    public async Task A_windows_change_and_its_extension(int startsInHours, string field, string text)
    {
        var starts = Clock.GetUtcNow().UtcDateTime.AddHours(startsInHours);
        var id = await Get<MaintenanceService>().ScheduleAsync(
            new MaintenanceInput(await AddPageAsync(), "Database upgrade", "Short stops.", [], starts, starts.AddHours(2)), Stop);
        await AsksBeforeLeavingAsync(Open<MaintenancePage>(p => p.Add(page => page.Id, id)), cut =>
        {
            if (startsInHours > 0)
                Button(cut, "Edit").Click();
            Type(cut, field, text);
        });
    }

    private static void NameATemplate(IRenderedComponent<IComponent> cut)
    {
        Button(cut, "Save as template").Click();
        Type(cut, "Template name", "Half typed");
    }

    private async Task<IRenderedComponent<IncidentPage>> OpenIncidentAsync()
    {
        var id = await AddIncidentAsync(await AddPageAsync());
        return Open<IncidentPage>(p => p.Add(page => page.Id, id));
    }

    private async Task AsksBeforeLeavingAsync<T>(IRenderedComponent<T> cut, Action<IRenderedComponent<T>> change)
        where T : IComponent
    {
        var leave = false;
        var asked = new List<string>();
        Get<ConfirmService>().Asked += question =>
        {
            asked.Add(question.Title);
            question.Answer.SetResult(leave);
        };
        var navigation = Get<NavigationManager>();

        // Not the component's own waiting: that looks again only when something renders, and an answer renders nothing.
        navigation.NavigateTo("untouched");
        await Eventually.TrueAsync(() => Address == "untouched");
        Assert.Empty(asked);

        change(cut);
        navigation.NavigateTo("refused");
        await Eventually.TrueAsync(() => asked.Count == 1);
        leave = true;
        navigation.NavigateTo("confirmed");
        await Eventually.TrueAsync(() => Address == "confirmed");
        Assert.Equal(["Leave without saving?", "Leave without saving?"], asked);
    }
}
