using ATStatus.Admin.Components;
using ATStatus.Admin.Hosting.Access;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace ATStatus.Tests.Components;

/// <summary>A test context with the console's services, a clock in the test's hand and a browser in Berlin.</summary>
public abstract class ConsoleContext : BunitContext
{
    protected static readonly DateTime Noon = new(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc);

    protected ConsoleContext()
    {
        Services.AddSingleton<TimeProvider>(Time);
        Services.AddConsoleUi();
        Services.AddScoped<CurrentUser>();
        this.AddAuthorization();
        JSInterop.Mode = JSRuntimeMode.Loose;
    }

    protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(Noon));

    protected EventCallback<T> On<T>(Action<T> action) => EventCallback.Factory.Create(this, action);
}
