using ATStatus.Admin.Features.Incidents;
using ATStatus.Admin.Features.Maintenance;
using ATStatus.Core.Incidents;
using ATStatus.Core.Sending;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Features;

/// <summary>A text that would make an event too large: told beside the field, when saving and in the preview, and kept.</summary>
public sealed class PayloadLimitFormTests : FeatureTest
{
    private static readonly string Long = new('m', 3_000);

    [Fact]
    public async Task On_the_incident_form()
    {
        await AddPageAsync();
        Limit();
        var cut = Open<IncidentForm>();
        Type(cut, "Title", "API down");

        await RefusedAsync(cut, "Message", "Message", "incident.created");

        Type(cut, "Message", "Short.");
        await cut.Find("form").SubmitAsync();
        Assert.Single(await Get<IncidentQueries>().ListAsync(cancellationToken: Stop));
    }

    [Fact]
    public async Task On_the_update_panel()
    {
        var id = await AddIncidentAsync(await AddPageAsync());
        Limit();
        var cut = Open<IncidentPage>(p => p.Add(page => page.Id, id));

        await RefusedAsync(cut, "Message", "Message", "incident.updated");

        Type(cut, "Message", "Short.");
        await cut.Find("form").SubmitAsync();
        Assert.Equal(2, (await Get<IncidentQueries>().FindAsync(id, Stop))!.Updates.Count);
    }

    [Fact]
    public async Task On_the_maintenance_form()
    {
        await AddPageAsync();
        Limit();
        var cut = Open<MaintenanceForm>();
        Type(cut, "Title", "Upgrade");
        Type(cut, "Starts", "2026-01-20T02:00");
        Type(cut, "Ends", "2026-01-20T04:00");

        await RefusedAsync(cut, "Message", "Message", "maintenance.scheduled");

        Type(cut, "Message", "Short.");
        await cut.Find("form").SubmitAsync();
        await using var db = await DbAsync();
        Assert.Single(await db.MaintenanceWindows.ToListAsync(Stop));
    }

    private void Limit() => Get<WebhookOptions>().MaxPayload = 1_500;

    private async Task RefusedAsync(IRenderedComponent<IComponent> cut, string label, string id, string type)
    {
        var before = await CountsAsync();
        Type(cut, label, Long);
        await cut.FindAll("button").First(button => button.TextContent.Trim() == "Preview").ClickAsync();
        var previewed = ErrorOf(cut, id);
        Assert.Empty(cut.FindAll(".preview"));

        await cut.Find("form").SubmitAsync();

        var message = ErrorOf(cut, id);
        Assert.Matches($@"^{type} would be [34],\d\d\d bytes long, and Webhooks:MaxPayload allows 1,500\. Shorten the message", message);
        Assert.Equal(message, previewed);
        Assert.Equal(Long, Value(cut, label));
        Assert.Equal(before, await CountsAsync());
    }

    private async Task<(int, int, int, int)> CountsAsync()
    {
        await using var db = await DbAsync();
        return (await db.Events.CountAsync(Stop), await db.Incidents.CountAsync(Stop), await db.IncidentUpdates.CountAsync(Stop),
            await db.MaintenanceWindows.CountAsync(Stop));
    }
}
