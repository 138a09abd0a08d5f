using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Components.Shared;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MudBlazor;
using MudBlazor.Services;

namespace ATStatus.Admin.Components;

/// <summary>What the console's shell and shared components need.</summary>
public static class ConsoleUi
{
    /// <summary>
    /// Registers MudBlazor, the circuit's <see cref="BrowserClock"/>, <see cref="ConfirmService"/> and <see cref="Announcer"/>,
    /// and the cascading authentication state. Razor components and authorization itself are the host's to add.
    /// </summary>
    public static IServiceCollection AddConsoleUi(this IServiceCollection services)
    {
        services.AddMudServices(options =>
        {
            var toasts = options.SnackbarConfiguration;
            toasts.PositionClass = Defaults.Classes.Position.BottomRight;
            toasts.MaxDisplayedSnackbars = 4;
            toasts.VisibleStateDuration = 6000;
            toasts.ShowTransitionDuration = 120;
            toasts.HideTransitionDuration = 200;
            toasts.SnackbarVariant = Variant.Filled;
            toasts.PreventDuplicates = false;
            // "Saved" must survive the way back to the list.
            toasts.ClearAfterNavigation = false;
        });
        services.AddCascadingAuthenticationState();
        services.TryAddSingleton(TimeProvider.System);
        services.AddScoped<BrowserClock>();
        services.AddScoped<ConfirmService>();
        services.AddScoped<Announcer>();
        return services;
    }
}
