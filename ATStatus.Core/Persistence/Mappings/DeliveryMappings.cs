using System.Text.Json;
using ATStatus.Core.Model;
using ATStatus.Core.Sending;
using ATStatus.Core.Sending.Bodies;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ATStatus.Core.Persistence.Mappings;

internal sealed class NotificationMapping : IEntityTypeConfiguration<Notification>
{
    public void Configure(EntityTypeBuilder<Notification> builder)
    {
        builder.Property(n => n.Kind).HasMaxLength(32);
        builder.Property(n => n.Name).HasMaxLength(Notification.NameLength);
        builder.Property(n => n.DisabledReason).HasMaxLength(Delivery.ReasonLength);
        builder.ComplexProperty(n => n.Transport, MapTransport);
        builder.HasOne<NotificationHealth>().WithOne().HasForeignKey<NotificationHealth>(h => h.NotificationId).OnDelete(DeleteBehavior.Cascade);
        builder.HasMany(n => n.Events).WithOne().HasForeignKey(e => e.NotificationId).OnDelete(DeleteBehavior.Cascade);
        builder.HasMany<RecoveryRun>().WithOne().HasForeignKey(r => r.NotificationId).OnDelete(DeleteBehavior.Cascade);
        builder.HasMany<HourlyAttemptCount>().WithOne().HasForeignKey(h => h.NotificationId).OnDelete(DeleteBehavior.Cascade);
        builder.HasMany(n => n.Components).WithOne().HasForeignKey(c => c.NotificationId).OnDelete(DeleteBehavior.Cascade);
        builder.HasMany(n => n.Groups).WithOne().HasForeignKey(g => g.NotificationId).OnDelete(DeleteBehavior.Cascade);
        builder.HasMany(n => n.Pages).WithOne().HasForeignKey(p => p.NotificationId).OnDelete(DeleteBehavior.Cascade);
        // A deleted one is gone for everyone but the one who removes its row.
        builder.HasQueryFilter(n => n.DeletedAt == null);
    }

    private static void MapTransport(ComplexPropertyBuilder<Transport> transport)
    {
        transport.Property(t => t.DisplayUrl).HasMaxLength(512);
        transport.ComplexProperty(t => t.Options, options =>
        {
            options.Property(o => o.Settings).IsRequired(false).HasConversion(
                settings => JsonSerializer.Serialize(settings, JsonSerializerOptions.Default),
                stored => new SettingTexts(JsonSerializer.Deserialize<Dictionary<string, string>>(stored, JsonSerializerOptions.Default)!),
                new ValueComparer<IReadOnlyDictionary<string, string>>((one, other) => Equals(one, other), texts => texts.GetHashCode()));
            options.Property(o => o.Body).HasDefaultValue(BodyKind.Documented).HasSentinel(BodyKind.Documented);
            options.Property(o => o.RatePer).HasDefaultValue(RatePer.Second).HasSentinel(RatePer.Second);
            options.Property(o => o.TemplateBody).HasMaxLength(TemplateBody.MaxLength);
            NameColumns(options.Metadata.ComplexType);
        });
        NameColumns(transport.Metadata.ComplexType);
    }

    /// <summary>Its properties are columns of the notification's table under their own names.</summary>
    private static void NameColumns(IMutableComplexType type)
    {
        foreach (var property in type.GetProperties())
            property.SetColumnName(property.Name);
    }
}

internal sealed class NotificationEventMapping : IEntityTypeConfiguration<NotificationEvent>
{
    public void Configure(EntityTypeBuilder<NotificationEvent> builder) => builder.HasKey(e => new { e.NotificationId, e.Type });
}

internal sealed class NotificationPageMapping : IEntityTypeConfiguration<NotificationPage>
{
    public void Configure(EntityTypeBuilder<NotificationPage> builder)
    {
        builder.HasKey(p => new { p.NotificationId, p.StatusPageId });
        builder.HasOne<StatusPage>().WithMany().HasForeignKey(p => p.StatusPageId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class NotificationComponentMapping : IEntityTypeConfiguration<NotificationComponent>
{
    public void Configure(EntityTypeBuilder<NotificationComponent> builder)
    {
        builder.HasKey(c => new { c.NotificationId, c.ComponentId });
        builder.HasOne<Component>().WithMany().HasForeignKey(c => c.ComponentId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class NotificationGroupMapping : IEntityTypeConfiguration<NotificationGroup>
{
    public void Configure(EntityTypeBuilder<NotificationGroup> builder)
    {
        builder.HasKey(g => new { g.NotificationId, g.GroupId });
        builder.HasOne<ComponentGroup>().WithMany().HasForeignKey(g => g.GroupId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class StoredEventMapping : IEntityTypeConfiguration<StoredEvent>
{
    public void Configure(EntityTypeBuilder<StoredEvent> builder)
    {
        builder.Property(e => e.Title).HasMaxLength(StoredEvent.TitleLength);
        builder.Property(e => e.TitleFolded).HasMaxLength(StoredEvent.FoldedLength);
        builder.HasIndex(e => new { e.SubjectId, e.Type });
        builder.HasIndex(e => e.SaveId).HasFilter("\"SaveId\" IS NOT NULL");
        // A search reads all titles; the rows have payloads between them.
        builder.HasIndex(e => new { e.Id, e.TitleFolded });
        // Rows of earlier versions, until TitleFolder has filled them in; empty ever after.
        builder.HasIndex(e => e.Id).HasFilter(LogIndex.UnfoldedRows).HasDatabaseName(LogIndex.Unfolded);
    }
}

internal sealed class DeliveryMapping : IEntityTypeConfiguration<Delivery>
{
    public void Configure(EntityTypeBuilder<Delivery> builder)
    {
        builder.Property(d => d.NotificationName).HasMaxLength(Notification.NameLength);
        builder.Property(d => d.Kind).HasMaxLength(32);
        builder.Property(d => d.Reason).HasMaxLength(Delivery.ReasonLength);
        builder.Property(d => d.CancelReason).HasMaxLength(Delivery.ReasonLength);
        builder.Property(d => d.JobId).HasMaxLength(64);
        builder.Ignore(d => d.Trigger);
        builder.Ignore(d => d.IsForEventJob);
        builder.HasOne(d => d.Event).WithMany().HasForeignKey(d => d.EventId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne(d => d.Notification).WithMany().HasForeignKey(d => d.NotificationId).OnDelete(DeleteBehavior.SetNull);
        builder.HasMany(d => d.Attempts).WithOne().HasForeignKey(a => a.DeliveryId).OnDelete(DeleteBehavior.Cascade);
        builder.Property(d => d.Subject).HasMaxLength(Delivery.SubjectLength);
        builder.HasIndex(d => d.RequestId).IsUnique();
        // Of a log of millions these hold only what waits. Constants in the filter, as SQL Server demands for a filtered index.
        builder.HasIndex(d => new { d.NotificationId, d.DueAt, d.Id }).HasFilter("\"Hold\" IS NOT NULL");
        // By what a claim does not write: an index over the states would be written anew with each claim and each result.
        builder.HasIndex(d => new { d.NotificationId, d.Subject, d.EventId }).HasFilter("\"SettledAt\" IS NULL");
        builder.HasIndex(d => new { d.State, d.DueAt });
        builder.HasIndex(d => new { d.NotificationId, d.Id });
        builder.HasIndex(d => d.CreatedAt);
        MapLogIndexes(builder);
    }

    /// <summary>
    /// What the log is read by, beside the above. They hold the few rows that did not simply arrive, so that a delivery that does costs
    /// no more for them.
    /// </summary>
    private static void MapLogIndexes(EntityTypeBuilder<Delivery> builder)
    {
        // Whatever a filter asks of such a row stands in the index, so that counting them reads nothing else.
        builder.HasIndex(d => new { d.State, d.Id, d.NotificationId, d.EventType, d.LastStatusCode, d.IsTest, d.CreatedAt, d.EventId })
            .HasFilter(LogIndex.NotArrivedRows).HasDatabaseName(LogIndex.NotArrived);
        builder.HasIndex(d => new { d.Id, d.LastFailure, d.LastStatusCode, d.State, d.NotificationId, d.EventType, d.IsTest, d.CreatedAt, d.EventId })
            .HasFilter(LogIndex.FailingRows).HasDatabaseName(LogIndex.Failing);
        builder.HasIndex(d => new { d.Id, d.State, d.NotificationId, d.EventType, d.CreatedAt }).HasFilter(LogIndex.TestRows).HasDatabaseName(LogIndex.Tests);
    }
}

internal sealed class DeliveryBodyMapping : IEntityTypeConfiguration<DeliveryBody>
{
    public void Configure(EntityTypeBuilder<DeliveryBody> builder)
    {
        builder.HasKey(b => b.DeliveryId);
        builder.Property(b => b.DeliveryId).ValueGeneratedNever();
        builder.HasOne<Delivery>().WithOne().HasForeignKey<DeliveryBody>(b => b.DeliveryId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class DeliveryAttemptMapping : IEntityTypeConfiguration<DeliveryAttempt>
{
    public void Configure(EntityTypeBuilder<DeliveryAttempt> builder)
    {
        builder.Property(a => a.Error).HasMaxLength(DeliveryAttempt.ErrorLength);
        builder.HasIndex(a => new { a.DeliveryId, a.Number }).IsUnique();
    }
}

internal sealed class NotificationHealthMapping : IEntityTypeConfiguration<NotificationHealth>
{
    public void Configure(EntityTypeBuilder<NotificationHealth> builder)
    {
        builder.HasKey(h => h.NotificationId);
        builder.Property(h => h.NotificationId).ValueGeneratedNever();
        builder.Ignore(h => h.IsOpen);
    }
}

internal sealed class PrunedDayMapping : IEntityTypeConfiguration<PrunedDay>
{
    public void Configure(EntityTypeBuilder<PrunedDay> builder) => builder.HasKey(p => p.Day);
}

internal sealed class SendingPauseMapping : IEntityTypeConfiguration<SendingPause>
{
    public void Configure(EntityTypeBuilder<SendingPause> builder)
    {
        builder.Property(p => p.Id).ValueGeneratedNever();
        builder.Property(p => p.PausedBy).HasMaxLength(256);
    }
}

internal sealed class RecoveryMapping : IEntityTypeConfiguration<RecoveryRun>
{
    public void Configure(EntityTypeBuilder<RecoveryRun> builder)
    {
        builder.Property(r => r.RequestedBy).HasMaxLength(256);
        builder.HasIndex(r => r.FinishedAt);
        builder.HasIndex(r => r.NotificationId);
        // A notification has one that runs, whichever instance two people ask.
        builder.HasIndex(r => r.NotificationId, "IX_Recoveries_Running").IsUnique().HasFilter("\"FinishedAt\" IS NULL");
    }
}

internal sealed class HourlyAttemptCountMapping : IEntityTypeConfiguration<HourlyAttemptCount>
{
    public void Configure(EntityTypeBuilder<HourlyAttemptCount> builder)
    {
        builder.ToTable("AttemptHours");
        builder.HasKey(h => new { h.NotificationId, h.Hour, h.IsFailure, h.Bucket });
    }
}

internal sealed class CheckpointMapping : IEntityTypeConfiguration<Checkpoint>
{
    public void Configure(EntityTypeBuilder<Checkpoint> builder)
    {
        builder.ToTable("Bookmarks");
        builder.HasKey(b => b.Name);
        builder.Property(b => b.Name).HasMaxLength(Checkpoint.NameLength);
    }
}

internal sealed class ReceivedRequestMapping : IEntityTypeConfiguration<ReceivedRequest>
{
    public void Configure(EntityTypeBuilder<ReceivedRequest> builder)
    {
        builder.Property(r => r.RequestLine).HasMaxLength(2100);
    }
}
