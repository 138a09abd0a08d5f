using ATStatus.Core.Access;
using ATStatus.Core.Access.Audit;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Deliveries.Telemetry;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Incidents;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Notifications;
using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;
using ATStatus.Core.Recovery;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using ATStatus.Core.TestReceiver;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ATStatus.Core;

/// <summary>Registers the rooms of this library.</summary>
public static class CoreServices
{
    /// <summary>
    /// Adds everything but the database (<see cref="Persistence.PersistenceServices"/>), Hangfire's storage and client,
    /// <see cref="WebhookOptions"/> and <see cref="InstanceOptions"/>, which the host chooses, as it may the <see cref="ConsoleAddress"/>. The sweeper,
    /// retention, the counter, the runner of recoveries and the removal of deleted notifications are hosted services that the host adds
    /// where they belong in the order.
    /// </summary>
    public static IServiceCollection AddCore(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new ConsoleAddress(null));
        services.AddSending();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IInProcessEndpoint, TestReceiverEndpoint>());
        services.AddSingleton<TestReceiverQueries>();
        services.AddSingleton<TestReceiverService>();

        services.TryAddSingleton(new SessionLimits());
        services.AddSingleton<SessionStore>();
        services.AddSingleton<SessionStates>();
        services.AddSingleton<AccountTransactions>();
        services.AddSingleton<FirstAccount>();
        services.AddSingleton<Invitations>();
        services.AddSingleton<PasswordService>();
        services.AddSingleton<SecondFactorService>();
        services.AddSingleton<ExternalAccounts>();
        services.AddSingleton<AccountQueries>();
        services.AddSingleton<AccountService>();
        services.TryAddSingleton(new AuditOptions());
        services.AddSingleton<AuditFeed>();
        services.AddSingleton<AuditRecorder>();
        services.AddSingleton<FailedSignIns>();
        services.AddSingleton<AuditSealer>();
        services.AddSingleton<AuditRetention>();
        services.AddSingleton<AuditVerification>();
        services.AddSingleton<AuditQueries>();

        services.AddSingleton<StatusPageService>();
        services.AddSingleton<ComponentService>();
        services.AddSingleton<StatusPageQueries>();
        services.AddSingleton<PublicPageUrls>();
        services.AddSingleton<SampleData>();
        services.AddSingleton<ComponentOrder>();
        services.AddSingleton<IPageContent, IncidentsOfPage>();
        services.AddSingleton<IPageContent, MaintenanceOfPage>();
        services.AddSingleton<IPageContent, NotificationsOfPage>();
        services.AddSingleton<IComponentContent, NotificationsOfComponent>();
        services.AddSingleton<IGroupContent, NotificationsOfGroup>();
        services.AddSingleton<IIncidentStatuses, IncidentStatusByHand>();
        services.AddSingleton<ComponentHistoryService>();
        services.AddSingleton<IncidentService>();
        services.AddSingleton<IncidentRemoval>();
        services.AddSingleton<IncidentTemplateService>();
        services.AddSingleton<IncidentDefaultTextService>();
        services.AddSingleton<MaintenanceService>();
        services.AddSingleton<MaintenanceRemoval>();
        services.AddSingleton<MaintenanceQueries>();
        services.AddSingleton<IncidentQueries>();
        services.AddSingleton<IncidentEdits>();
        services.AddSingleton<IncidentDowntime>();

        services.AddSingleton<TargetProtector>();
        services.AddSingleton<KnownNotifications>();
        services.AddSingleton<NotificationRemoval>();
        services.AddSingleton<TransportEditor>();
        services.AddSingleton<NotificationService>();
        services.AddSingleton<NotificationQueries>();
        services.AddSingleton<NotificationTransfer>();

        services.AddSingleton<DeliveryFeed>();
        services.AddSingleton<Persistence.ChangeFeed>();
        services.AddSingleton(provider => new RetrySchedule(provider.GetRequiredService<WebhookOptions>()));
        services.AddSingleton<ConcurrencyLimiter>();
        services.AddSingleton<SendingPauseState>();
        services.AddMetrics();
        services.AddSingleton<DeliveryBacklog>();
        services.AddSingleton<DeliveryMetrics>();
        services.AddSingleton<DeliveryTracing>();
        services.AddSingleton<RecentEvents>();
        services.AddSingleton<SavedEvents>();
        services.AddSingleton<BodyRendering>();
        services.AddSingleton<SendingRules>();
        services.AddSingleton<StoreMemory>();
        services.AddSingleton<DeliveryStore>();
        services.AddSingleton<DeliveryTransport>();
        services.AddSingleton<DeliveryRequeue>();
        services.AddSingleton(provider => new Lazy<IDispatchSignals>(provider.GetRequiredService<IDispatchSignals>));
        services.AddSingleton<DeliveryCancellation>();
        services.AddSingleton<JobStop>();
        services.AddSingleton<DeliveryJobStates>();
        services.AddSingleton<EventCancellation>();
        services.AddSingleton<EventRuns>();
        services.AddSingleton<EventJobStates>();
        services.AddSingleton<DeliveryJobActivator>();
        services.AddSingleton<DeliveryQueries>();
        services.AddSingleton<EventQueries>();
        services.AddSingleton<DeliveryExport>();
        services.AddSingleton<TestSendService>();
        services.AddSingleton<SentMessages>();
        services.AddSingleton<RetentionClock>();
        services.AddSingleton<DeliveryRetention>();
        services.AddSingleton<UncountedAttempts>();
        services.AddSingleton<TitleFolder>();
        services.AddSingleton<EventComponentFiller>();
        services.AddSingleton<NotificationStatistics>();
        services.AddSingleton<RetentionQueries>();
        services.AddScoped<JobRun>();
        services.AddScoped<DeliveryJob>();
        services.AddScoped<EventJob>();

        services.AddSingleton<JobHandOver>();
        services.AddSingleton<DispatchQueries>();
        services.AddSingleton<NotificationQueues>();
        services.AddSingleton<DeliveryDispatcher>();
        services.AddSingleton<IDispatchSignals>(provider => provider.GetRequiredService<DeliveryDispatcher>());
        services.AddSingleton<ClockSkewRepair>();
        services.AddSingleton<OrphanedAttempts>();
        services.AddSingleton<LostJobs>();
        services.AddSingleton<CommitSteps>();
        services.AddSingleton<EventOutbox>();
        services.AddSingleton<RedeliveryService>();
        services.AddSingleton<SendingPauseService>();
        services.AddSingleton<SendingPauseQueries>();
        services.AddSingleton<StartPause>();
        services.AddSingleton<RecoveryService>();
        services.AddSingleton<RecoveryQueries>();
        services.AddSingleton<RecoveryRunner>();
        services.AddSingleton<BulkRedelivery>();
        services.AddSingleton<ApiKeyService>();
        services.AddSingleton<ApiKeyUse>();
        services.AddSingleton<IdempotencyStore>();
        return services;
    }
}
