using ATStatus.Core.Deliveries;
using ATStatus.Core.Notifications;
using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;

namespace ATStatus.Admin.Hosting;

/// <summary>The rooms of ATStatus.Core between a recorded event and its delivery.</summary>
internal static class DeliveryServices
{
    /// <summary>Adds outbox, deliveries and sending.</summary>
    public static IServiceCollection AddDeliveries(this IServiceCollection services, WebhookOptions webhooks, DatabaseProvider provider)
    {
        services.AddSingleton(webhooks);
        services.AddSending();
        services.AddSingleton<TargetProtector>();

        services.AddSingleton<DeliveryFeed>();
        services.AddSingleton<DeliveryLedger>();
        services.AddSingleton<DeliveryReopening>();
        services.AddSingleton<DeliveryJobStates>();
        services.AddSingleton<DeliveryTransport>();
        // By hand: the container must not hand in a Random of somebody else's.
        services.AddSingleton(new RetrySchedule(webhooks));
        services.AddScoped<JobRun>();
        services.AddScoped<DeliveryJob>();

        services.AddSingleton<DeliveryQueue>();
        services.AddSingleton<EventOutbox>();
        services.AddSingleton<RedeliveryService>();
        services.AddSingleton(new SweeperOptions(SingleInstance: provider == DatabaseProvider.Sqlite));
        return services;
    }
}
