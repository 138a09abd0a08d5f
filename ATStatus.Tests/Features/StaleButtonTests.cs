using System.Data.Common;
using System.Text;
using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Features.ApiKeys;
using ATStatus.Admin.Features.Deliveries;
using ATStatus.Admin.Features.Incidents;
using ATStatus.Admin.Features.Maintenance;
using ATStatus.Admin.Features.Notifications;
using ATStatus.Admin.Features.Notifications.Recoveries;
using ATStatus.Admin.Features.StatusComponents;
using ATStatus.Admin.Features.StatusPages;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Access;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Tests.Support;
using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Features;

/// <summary>
/// A page that still has the buttons of a right which was taken away meanwhile: each of its events arrives, nothing is done, and the page says so
/// instead of breaking. The same walk with the right does something, so that it presses what counts.
/// </summary>
public sealed class StaleButtonTests : FeatureTest
{
    private static readonly string[] Texts = ["Title", "Message", "Name", "Description", "Template name", "Corrected message"];

    [Theory]
    [InlineData("incident")]
    [InlineData("new incident")]
    [InlineData("template")]
    [InlineData("templates")]
    [InlineData("maintenance")]
    [InlineData("status page")]
    [InlineData("component")]
    [InlineData("components")]
    [InlineData("notification")]
    [InlineData("notifications")]
    [InlineData("recovery")]
    [InlineData("delivery")]
    [InlineData("keys")]
    public async Task Does_nothing_once_the_right_is_gone(string name)
    {
        var (open, dialog) = (await FillAsync(name), Render<ConfirmDialog>());
        var cut = open();
        Type(cut);
        var names = Names(cut);
        Become(Roles.Viewer);
        var before = await DumpAsync();
        foreach (var button in names)
            await PressAsync(cut, dialog, button);
        Assert.Equal(before, await DumpAsync());

        Become(Roles.Admin);
        cut = open();
        Type(cut);
        foreach (var button in Names(cut))
        {
            await PressAsync(cut, dialog, button);
            if (await DumpAsync() != before)
                return;
        }
        Assert.Fail($"No button does anything: {string.Join(", ", names)}");
    }

    private void Become(string role) => Get<CurrentUser>().Principal = SessionPrincipal.Of(
        new SessionState(Guid.NewGuid(), Guid.NewGuid(), Me, role, false, false, default, default, DateTime.MaxValue), "192.0.2.7");

    private async Task<Func<IRenderedComponent<IComponent>>> FillAsync(string name)
    {
        var page = await AddPageAsync();
        var component = await AddComponentAsync(page, "API");
        switch (name)
        {
            case "incident":
                var incident = await AddIncidentAsync(page);
                return () => Open<IncidentPage>(p => p.Add(x => x.Id, incident));
            case "new incident":
                return () => Open<IncidentForm>();
            case "template":
            case "templates":
                await Get<IncidentTemplateService>().AddAsync(
                    new IncidentTemplateInput("Slow", "Slow", IncidentSeverity.Minor, IncidentStatus.Investigating, "We look."), Stop);
                return name == "template" ? () => Open<TemplateForm>(p => p.Add(x => x.Id, 1)) : () => Open<TemplateList>();
            case "maintenance":
                var starts = Clock.GetUtcNow().UtcDateTime.AddDays(1);
                var window = await Get<MaintenanceService>().ScheduleAsync(new MaintenanceInput(page, "Work", "m", [component], starts, starts.AddHours(1)), Stop);
                return () => Open<MaintenancePage>(p => p.Add(x => x.Id, window));
            case "status page":
                return () => Open<StatusPageForm>(p => p.Add(x => x.Id, page));
            case "component":
                return () => Open<ComponentForm>(p => p.Add(x => x.Id, component));
            case "components":
                await AddComponentAsync(page, "Web");
                return () => Open<ComponentList>();
            case "keys":
                await Get<ApiKeyService>().CreateAsync(new ApiKeyInput("deploy", [ApiScopes.ReadIncidents], ApiKeyExpiry.Never), new Actor(Me), Stop);
                return () => Open<ApiKeyList>();
        }
        var notification = await AddNotificationAsync();
        switch (name)
        {
            case "notification":
                return () => Open<NotificationEditPage>(p => p.Add(x => x.Id, notification));
            case "notifications":
                return () => Open<NotificationListPage>();
        }
        if (name == "recovery")
            await Get<NotificationService>().SetEnabledAsync(notification, false, Stop);
        await AddIncidentAsync(page);
        if (name == "recovery")
            return () => Open<RecoverPage>(p => p.Add(x => x.Id, notification));
        await using var db = await DbAsync();
        var delivery = await db.Deliveries.Select(d => d.Id).SingleAsync(Stop);
        return () => Open<DeliveryDetailPage>(p => p.Add(x => x.Id, delivery));
    }

    private static void Type(IRenderedComponent<IComponent> cut)
    {
        foreach (var label in cut.FindAll("label").Where(label => Texts.Contains(label.TextContent.Trim())).Select(label => label.GetAttribute("for")).ToList())
            cut.Find($"#{label}").Input("Typed");
    }

    private static List<string> Names(IRenderedComponent<IComponent> cut) => [.. cut.FindAll("button").Select(NameOf).Distinct()];

    private static string NameOf(IElement button) => (button.GetAttribute("aria-label") ?? button.TextContent).Trim();

    /// <summary>Presses a button, and what it opens: a question's last button, a dialog's too.</summary>
    private static async Task PressAsync(IRenderedComponent<IComponent> cut, IRenderedComponent<ConfirmDialog> dialog, string name)
    {
        if (cut.FindAll("button:not([disabled])").FirstOrDefault(button => NameOf(button) == name) is not { } found)
            return;
        try
        {
            var pressed = cut.InvokeAsync(() => found.ClickAsync(new()));
            // Some ask before they do it, and some look something up before they ask.
            await Eventually.TrueAsync(async () =>
            {
                if (dialog.FindAll("dialog button") is [.., var yes])
                {
                    await dialog.InvokeAsync(() => yes.ClickAsync(new()));
                    await dialog.InvokeAsync(() => dialog.Find("dialog").TriggerEventAsync("onclose", EventArgs.Empty));
                }
                return pressed.IsCompleted;
            });
            await pressed;
        }
        catch (MissingEventHandlerException)
        {
            // It does what it does in the browser.
        }
        if (cut.FindAll("dialog.form-dialog button:not([disabled])") is [.., var last] && NameOf(last) != name)
            await cut.InvokeAsync(() => last.ClickAsync(new()));
    }

    /// <summary>All that is in the database.</summary>
    private async Task<string> DumpAsync()
    {
        await using var db = await DbAsync();
        await db.Database.OpenConnectionAsync(Stop);
        var connection = db.Database.GetDbConnection();
        var (dump, tables) = (new StringBuilder(), new List<string>());
        await foreach (var row in RowsAsync(connection, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"))
            tables.Add((string)row[0]);
        foreach (var table in tables)
        {
            dump.AppendLine(table);
            await foreach (var row in RowsAsync(connection, $"SELECT * FROM \"{table}\""))
                dump.AppendJoin('|', row.Select(value => value is byte[] bytes ? Convert.ToHexString(bytes) : value)).AppendLine();
        }
        return dump.ToString();
    }

    private static async IAsyncEnumerable<object[]> RowsAsync(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync(Stop);
        while (await reader.ReadAsync(Stop))
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            yield return row;
        }
    }
}
