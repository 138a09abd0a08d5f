using System.Globalization;
using ATStatus.Admin.Features.Notifications.Types;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace ATStatus.Admin.Features.Notifications;

/// <summary>The parts of a notification's page, each with an address of its own.</summary>
public enum NotificationTab
{
    Overview,
    Deliveries,
    Statistics,
    Recover,
    Receivers,
    Edit,
}

/// <summary>What all parts of a notification's page share: its name and health, live, the switch, and the tabs that lead from one to another.</summary>
public sealed partial class NotificationFrame
{
    private static readonly TabText[] Tabs =
    [
        new(NotificationTab.Overview, "Overview", "", null),
        new(NotificationTab.Deliveries, "Deliveries", "/deliveries", null),
        new(NotificationTab.Statistics, "Statistics", "/statistics", null),
        new(NotificationTab.Recover, "Resend missed events", "/recover", Right.Redeliver),
        new(NotificationTab.Receivers, "Integration guide", "/receivers", null),
        new(NotificationTab.Edit, "Edit", "/edit", Right.WriteNotifications),
    ];

    private readonly Dictionary<NotificationTab, ElementReference> _links = [];
    private NotificationRow? _row;
    private NotificationTab? _focused;
    private bool _switching;

    [Parameter, EditorRequired]
    public int Id { get; set; }

    [Parameter, EditorRequired]
    public NotificationTab Tab { get; set; }

    /// <summary>One sentence on what this part is for.</summary>
    [Parameter]
    public string? Description { get; set; }

    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    /// <summary>It was switched on or off here, which is a write: the version that a form holds is another by now.</summary>
    [Parameter]
    public EventCallback OnSwitched { get; set; }

    [Inject]
    private NotificationQueries Queries { get; set; } = default!;

    [Inject]
    private Permitted<NotificationService> Service { get; set; } = default!;

    [Inject]
    private DeliveryFeed Feed { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private TabText Current => Tabs.First(tab => tab.Tab == Tab);

    // The guide is about verifying what is signed, which services such as Slack do by themselves.
    private IEnumerable<TabText> Shown => Tabs.Where(tab => (tab.Needs is not { } needed || User.Has(needed))
        && (tab.Tab != NotificationTab.Receivers || Tab == tab.Tab || (_row is { } row && NotificationTypes.Find(row.Kind) is not { HasSecret: false })));

    /// <inheritdoc />
    protected override object? LoadKey => Id;

    /// <inheritdoc />
    protected override void OnInitialized() => Follow(Feed, Changes);

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        _row = await Queries.RowAsync(Id, Gone);
        Missing = _row is null;
    }

    private async Task SwitchAsync()
    {
        if (_switching || _row is not { } row)
            return;
        _switching = true;
        if (await DoAsync(() => Service.Demand().SetEnabledAsync(row.Id, !row.Enabled), row.Enabled ? "Switched off" : "Switched on", "switch a notification"))
        {
            await RefreshAsync();
            await OnSwitched.InvokeAsync();
        }
        _switching = false;
    }

    // As tabs are walked (WAI-ARIA Authoring Practices): the arrows move the focus, Enter follows the link.
    private async Task MoveAsync(KeyboardEventArgs press)
    {
        var step = press.Key switch
        {
            "ArrowRight" => 1,
            "ArrowLeft" => -1,
            _ => 0,
        };
        if (step == 0)
            return;
        var shown = Shown.Select(tab => tab.Tab).ToList();
        _focused = shown[(shown.IndexOf(_focused ?? Tab) + step + shown.Count) % shown.Count];
        await _links[_focused.Value].FocusAsync();
    }

    private string HrefOf(TabText tab) => string.Create(CultureInfo.InvariantCulture, $"admin/notifications/{Id}{tab.Path}");

    private static string IdOf(NotificationTab tab) => $"notification-tab-{tab.ToString().ToLowerInvariant()}";

    private sealed record TabText(NotificationTab Tab, string Text, string Path, Right? Needs);
}
