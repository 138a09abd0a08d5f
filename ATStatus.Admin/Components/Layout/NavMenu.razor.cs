using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using MudBlazor;

namespace ATStatus.Admin.Components.Layout;

/// <summary>The console's places. The names are part of the contract (section 3).</summary>
public sealed partial class NavMenu
{
    private static readonly Place[] Places =
    [
        new("Overview", "admin", Icons.Material.Outlined.SpaceDashboard, NavLinkMatch.All),
        new("Status pages", "admin/status-pages", Icons.Material.Outlined.Web),
        new("Components", "admin/components", Icons.Material.Outlined.Widgets),
        new("Incidents", "admin/incidents", Icons.Material.Outlined.ReportProblem),
        new("Maintenance", "admin/maintenance", Icons.Material.Outlined.Build),
        new("Notifications", "admin/notifications", Icons.Material.Outlined.Campaign),
        new("Deliveries", "admin/deliveries", Icons.Material.Outlined.Outbox),
        new("Test receiver", "admin/test-receiver", Icons.Material.Outlined.MoveToInbox),
    ];

    private static readonly Place[] AdminPlaces =
    [
        new("Users", "admin/users", Icons.Material.Outlined.Group),
        new("Audit log", "admin/audit", Icons.Material.Outlined.History),
        new("API keys", "admin/api-keys", Icons.Material.Outlined.VpnKey),
        new("Settings", "admin/settings", Icons.Material.Outlined.Settings),
    ];

    /// <summary>How many incidents are open. The link's name stays as it is: this describes it.</summary>
    [Parameter]
    public int OpenIncidents { get; set; }

    private sealed record Place(string Name, string Href, string Icon, NavLinkMatch Match = NavLinkMatch.Prefix);
}
