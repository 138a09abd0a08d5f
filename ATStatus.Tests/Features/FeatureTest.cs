using ATStatus.Admin.Components;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace ATStatus.Tests.Features;

/// <summary>Renders pages over the real services and a real database, signed in.</summary>
public abstract class FeatureTest : BunitContext, IAsyncLifetime
{
    protected const string Me = "ada@example.com";

    private readonly CoreServicesFixture _core = new();

    static FeatureTest() => DefaultWaitTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The pages' and the services' clock; it stands unless a test moves it.</summary>
    protected FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 14, 12, 0, 0, TimeSpan.Zero));

    protected static CancellationToken Stop => Xunit.TestContext.Current.CancellationToken;

    protected string Address => Services.GetRequiredService<NavigationManager>().ToBaseRelativePath(
        Services.GetRequiredService<NavigationManager>().Uri);

    public virtual async ValueTask InitializeAsync()
    {
        JSInterop.Mode = JSRuntimeMode.Loose;
        this.SignIn(Me);
        Services.AddSingleton<TimeProvider>(Clock);
        Services.AddConsoleUi();
        await _core.AddToAsync(Services);
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        await _core.DisposeAsync();
    }

    protected T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    protected async Task<AtStatusDbContext> DbAsync() =>
        await Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);

    protected Task<int> AddPageAsync(string name = "Main Status", string slug = "main") =>
        Get<StatusPageService>().CreateAsync(new StatusPageInput(name, slug), Stop);

    protected Task<int> AddComponentAsync(int page, string name, ComponentStatus status = ComponentStatus.Operational) =>
        Get<ComponentService>().CreateAsync(new ComponentInput(page, name, status), Stop);

    protected Task<int> AddIncidentAsync(
        int page, string title = "API down", IncidentStatus status = IncidentStatus.Investigating, params int[] components) =>
        Get<IncidentService>().CreateAsync(
            new IncidentInput(page, title, IncidentSeverity.Major, status, "We are looking.", [.. components.Select(c => new AffectedComponent(c))]), new Actor("bea@example.com"), Stop);

    protected Task<int> AddNotificationAsync(string name = "Main channel") =>
        Get<NotificationService>().CreateAsync(
            new NotificationInput("webhook", name, new("https://test-receiver.invalid/"), new(EventTypes.All)), Stop);

    /// <summary>Renders a page and waits until it has loaded.</summary>
    protected IRenderedComponent<TPage> Open<TPage>(Action<ComponentParameterCollectionBuilder<TPage>>? parameters = null)
        where TPage : IComponent
    {
        var cut = Render(parameters);
        cut.WaitForAssertion(() => Assert.Empty(cut.FindAll(".loading")));
        return cut;
    }

    /// <summary>The control with this label, as a screen reader finds it.</summary>
    protected static IElement Field(IRenderedComponent<IComponent> cut, string label, string within = "")
    {
        var name = cut.FindAll($"{within} label").Single(element => element.TextContent.Trim() == label);
        return name.GetAttribute("for") is { } id ? cut.Find($"#{id}") : name.QuerySelector("input")!;
    }

    protected static IElement Button(IRenderedComponent<IComponent> cut, string name) =>
        cut.FindAll("button, a.mud-button-root").Single(button => (button.GetAttribute("aria-label") ?? button.TextContent).Trim() == name);

    protected static void Type(IRenderedComponent<IComponent> cut, string label, string text) => Field(cut, label).Input(text);

    protected static string? Value(IRenderedComponent<IComponent> cut, string label) =>
        Field(cut, label) is var field && field.NodeName == "SELECT" ? field.GetAttribute("value") : field.GetAttribute("value") ?? "";

    /// <summary>The message beside the field, wired to it for screen readers.</summary>
    protected static string? ErrorOf(IRenderedComponent<IComponent> cut, string id)
    {
        var field = cut.Find($"#{id}");
        var error = cut.FindAll($"#{id}-error").SingleOrDefault();
        if (error is not null)
            Assert.Contains(error.Id!, field.GetAttribute("aria-describedby"), StringComparison.Ordinal);
        return error?.TextContent.Trim();
    }
}
