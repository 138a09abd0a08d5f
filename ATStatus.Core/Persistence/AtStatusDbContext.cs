using System.Data.Common;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence.Audit;
using Microsoft.AspNetCore.DataProtection.EntityFrameworkCore;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Persistence;

/// <summary>
/// The model, the same for every provider. Each provider has a subclass with migrations of its own
/// (<see cref="Sqlite.SqliteAtStatusDbContext"/>, <see cref="SqlServer.SqlServerAtStatusDbContext"/>).
/// </summary>
public abstract class AtStatusDbContext(DbContextOptions options) : IdentityDbContext<User, Role, Guid>(options), IDataProtectionKeyContext
{
    /// <summary>The components whose version was raised in the transaction <see cref="_raisedIn"/>.</summary>
    private readonly HashSet<int> _raised = [];
    private Guid? _raisedIn;

    /// <summary>What is particular to its database.</summary>
    internal abstract SqlDialect Dialect { get; }

    /// <summary>What its transaction does that the audit trail tells of.</summary>
    internal AuditTrail Audit => field ??= new(this);

    public DbSet<StatusPage> StatusPages => Set<StatusPage>();
    public DbSet<Component> Components => Set<Component>();
    public DbSet<ComponentStatement> ComponentStatements => Set<ComponentStatement>();
    public DbSet<ComponentGroup> ComponentGroups => Set<ComponentGroup>();
    public DbSet<MaintenanceWindow> MaintenanceWindows => Set<MaintenanceWindow>();

    /// <summary>What was posted about maintenance windows.</summary>
    public DbSet<MaintenanceUpdate> MaintenanceUpdates => Set<MaintenanceUpdate>();

    /// <summary>Which window covers which component.</summary>
    public DbSet<MaintenanceComponent> MaintenanceComponents => Set<MaintenanceComponent>();
    public DbSet<MaintenanceSeries> MaintenanceSeries => Set<MaintenanceSeries>();
    public DbSet<IncidentTemplate> IncidentTemplates => Set<IncidentTemplate>();
    public DbSet<IncidentDefaultTexts> IncidentDefaultTexts => Set<IncidentDefaultTexts>();
    public DbSet<Incident> Incidents => Set<Incident>();
    public DbSet<IncidentUpdate> IncidentUpdates => Set<IncidentUpdate>();
    public DbSet<IncidentComponent> IncidentComponents => Set<IncidentComponent>();
    public DbSet<Notification> Notifications => Set<Notification>();
    public DbSet<StoredEvent> Events => Set<StoredEvent>();
    public DbSet<Delivery> Deliveries => Set<Delivery>();
    public DbSet<DeliveryBody> DeliveryBodies => Set<DeliveryBody>();
    public DbSet<DeliveryAttempt> DeliveryAttempts => Set<DeliveryAttempt>();
    public DbSet<NotificationHealth> NotificationHealth => Set<NotificationHealth>();
    public DbSet<PrunedDay> PrunedDays => Set<PrunedDay>();
    public DbSet<SendingPause> SendingPauses => Set<SendingPause>();
    public DbSet<RecoveryRun> Recoveries => Set<RecoveryRun>();
    public DbSet<HourlyAttemptCount> HourlyAttemptCounts => Set<HourlyAttemptCount>();
    public DbSet<Checkpoint> Checkpoints => Set<Checkpoint>();
    public DbSet<ReceivedRequest> ReceivedRequests => Set<ReceivedRequest>();
    public DbSet<Session> Sessions => Set<Session>();
    public DbSet<AccessRules> AccessRules => Set<AccessRules>();
    public DbSet<Invitation> Invitations => Set<Invitation>();
    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();
    public DbSet<AuditCheckpoint> AuditCheckpoints => Set<AuditCheckpoint>();
    public DbSet<FailedSignIn> FailedSignIns => Set<FailedSignIn>();
    public DbSet<DatabaseIdentity> DatabaseIdentities => Set<DatabaseIdentity>();
    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();
    public DbSet<IdempotentRequest> IdempotentRequests => Set<IdempotentRequest>();
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcDateTimeConverter>();
        // Enums are stored by name: a log is read with SQL too, and numbers would freeze the order of declaration.
        configurationBuilder.Properties<Enum>().HaveConversion<string>().HaveMaxLength(40);
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        base.OnModelCreating(builder);
        // Identity's own keys would be longer than SQL Server takes for a primary key (900 bytes).
        builder.Entity<IdentityUserLogin<Guid>>(login =>
        {
            login.Property(l => l.LoginProvider).HasMaxLength(128);
            login.Property(l => l.ProviderKey).HasMaxLength(256);
        });
        builder.Entity<IdentityUserToken<Guid>>(token =>
        {
            token.Property(t => t.LoginProvider).HasMaxLength(128);
            token.Property(t => t.Name).HasMaxLength(128);
        });
        builder.ApplyConfigurationsFromAssembly(typeof(AtStatusDbContext).Assembly);
        foreach (var type in builder.Model.GetEntityTypes().Where(t => typeof(IVersioned).IsAssignableFrom(t.ClrType)))
            type.FindProperty(nameof(IVersioned.Version))!.IsConcurrencyToken = true;
    }

    /// <exception cref="DatabaseNotWritableException">The database as a whole cannot be written.</exception>
    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        try
        {
            RaiseVersions();
            if (Audit.Look() is not { } look)
                return base.SaveChanges(acceptAllChangesOnSuccess);
            // Its entries belong to the same transaction, so there is one.
            using var own = Database.CurrentTransaction is null ? Database.BeginTransaction() : null;
            var written = base.SaveChanges(acceptAllChangesOnSuccess);
            Audit.Keep(look);
            own?.Commit();
            return written;
        }
        catch (Exception e) when ((e is DbUpdateException or DbException) && DatabaseFaults.Of(e) is { } fault)
        {
            throw new DatabaseNotWritableException(fault, e);
        }
        finally
        {
            ChangeTracker.AutoDetectChangesEnabled = true;
        }
    }

    /// <exception cref="DatabaseNotWritableException">The database as a whole cannot be written.</exception>
    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        try
        {
            RaiseVersions();
            if (Audit.Look() is not { } look)
                return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
            // Its entries belong to the same transaction, so there is one.
            await using var own = Database.CurrentTransaction is null ? await Database.BeginTransactionAsync(cancellationToken) : null;
            var written = await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
            Audit.Keep(look);
            if (own is not null)
                await own.CommitAsync(cancellationToken);
            return written;
        }
        catch (Exception e) when ((e is DbUpdateException or DbException) && DatabaseFaults.Of(e) is { } fault)
        {
            throw new DatabaseNotWritableException(fault, e);
        }
        finally
        {
            ChangeTracker.AutoDetectChangesEnabled = true;
        }
    }

    /// <summary>Looks for changes once; each question to the change tracker, and the save, would look again. The save turns that on again.</summary>
    private void RaiseVersions()
    {
        RequestMark.Current?.Apply(this);
        ChangeTracker.DetectChanges();
        ChangeTracker.AutoDetectChangesEnabled = false;
        foreach (var entry in ChangeTracker.Entries<IVersioned>().Where(e => e.State == EntityState.Modified))
            entry.Property(nameof(IVersioned.Version)).CurrentValue = entry.Entity.Version + 1;
        DemandRaisedComponents();
    }

    /// <summary>
    /// A statement may make another one wrong that is written at the same moment, and on SQL Server neither writer sees the other's. So
    /// whoever writes one raises its component's version in the same transaction, and of two one begins anew.
    /// </summary>
    private void DemandRaisedComponents()
    {
        var transaction = Database.CurrentTransaction?.TransactionId;
        if (transaction is null || transaction != _raisedIn)
            _raised.Clear();
        _raisedIn = transaction;
        _raised.UnionWith(
            ChangeTracker.Entries<Component>().Where(e => e.State is EntityState.Modified or EntityState.Deleted).Select(e => e.Entity.Id));
        foreach (var statement in ChangeTracker.Entries<ComponentStatement>())
        {
            // A component that is saved for the first time has no number yet.
            if (statement.State is EntityState.Added or EntityState.Modified or EntityState.Deleted
                && statement.Entity.ComponentId is > 0 and var component && !_raised.Contains(component))
                throw new InvalidOperationException($"A statement about component {component} is written without raising its version.");
        }
    }
}
