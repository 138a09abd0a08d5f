using System.Net;
using ATStatus.Admin.Components;
using ATStatus.Admin.Components.Shared;
using ATStatus.Core.Deliveries;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using ATStatus.Core.TestReceiver;
using Bunit;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Support;

/// <summary>
/// Pages about notifications and deliveries over Core's real services and a database of their own. Loopback may be sent to, a
/// round has one attempt unless a test says otherwise, and questions are answered with <see cref="ScriptedResponse"/>.
/// </summary>
public abstract class NotificationPagesFixture : BunitContext, IAsyncLifetime
{
    private readonly CoreServicesFixture _core = new();

    protected static CancellationToken Stop => Xunit.TestContext.Current.CancellationToken;

    /// <summary>The question that was asked last.</summary>
    protected string? Asked { get; private set; }

    /// <summary>What the next questions are answered with.</summary>
    protected bool Answer { get; set; } = true;

    protected virtual int MaxAttempts => 1;

    /// <summary>Replaces services before the first page asks for one.</summary>
    protected virtual void Configure(IServiceCollection services)
    {
    }

    public async ValueTask InitializeAsync()
    {
        await _core.AddToAsync(Services);
        Services.AddSingleton(new WebhookOptions { AllowedNetworks = [IPNetwork.Parse("127.0.0.0/8")], MaxAttempts = MaxAttempts });
        Services.AddConsoleUi();
        Configure(Services);
        this.SignIn("operator@example.com");
        JSInterop.Mode = JSRuntimeMode.Loose;
        Get<ConfirmService>().Asked += question =>
        {
            Asked = $"{question.Title} {question.Text}";
            question.Answer.SetResult(Answer);
        };
    }

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        await _core.DisposeAsync();
    }

    protected T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    protected Task<int> AddPageAsync(string name = "Main Status") =>
        Get<StatusPageService>().CreateAsync(new StatusPageInput(name, StatusPageService.SuggestSlug(name)), Stop);

    protected Task<int> AddNotificationAsync(string name = "Main channel", string url = TestReceiverEndpoint.Url, string? secret = null) =>
        Get<NotificationService>().CreateAsync(new NotificationInput("webhook", name, new(url, secret), new([.. EventTypes.All])), Stop);

    /// <summary>Raises <c>component.created</c> and returns the newest delivery's number.</summary>
    protected async Task<long> RaiseAsync(int pageId, string component)
    {
        await Get<ComponentService>().CreateAsync(new ComponentInput(pageId, component, ComponentStatus.Operational), Stop);
        return (await Get<DeliveryQueries>().PageAsync(new DeliveryFilter(), null, null, 1, Stop)).Rows[0].Id;
    }

    /// <summary>Makes one attempt, as a worker does.</summary>
    protected async Task RunAsync(long deliveryId)
    {
        await using var scope = Get<IServiceScopeFactory>().CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<DeliveryJob>().RunAsync(deliveryId);
    }
}
