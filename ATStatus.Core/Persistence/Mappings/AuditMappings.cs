using ATStatus.Core.Model;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ATStatus.Core.Persistence.Mappings;

internal sealed class AuditEntryMapping : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.ToTable("AuditEntries");
        builder.Property(e => e.ActorName).HasMaxLength(AuditEntry.NameLength);
        builder.Property(e => e.ActorId).HasMaxLength(AuditEntry.IdLength);
        builder.Property(e => e.Address).HasMaxLength(AuditEntry.AddressLength);
        builder.Property(e => e.ObjectId).HasMaxLength(AuditEntry.IdLength);
        builder.Property(e => e.ObjectName).HasMaxLength(AuditEntry.NameLength);
        builder.Property(e => e.Hash).HasMaxLength(32).IsFixedLength();
        // What the sealer asks for all the time, and next to nothing is in it.
        builder.HasIndex(e => e.Id).HasFilter("\"Hash\" IS NULL").HasDatabaseName("IX_AuditEntries_Unsealed");
        builder.HasIndex(e => new { e.ActorName, e.Id });
        builder.HasIndex(e => new { e.Action, e.Id });
        builder.HasIndex(e => new { e.ObjectKind, e.Id });
        // All of one thing: its edits, and the trail filtered by it.
        builder.HasIndex(e => new { e.ObjectKind, e.ObjectId, e.Id });
        builder.HasIndex(e => e.At);
    }
}

internal sealed class AuditCheckpointMapping : IEntityTypeConfiguration<AuditCheckpoint>
{
    public void Configure(EntityTypeBuilder<AuditCheckpoint> builder)
    {
        builder.ToTable("AuditCheckpoints");
        builder.HasKey(c => c.Name);
        builder.Property(c => c.Name).HasMaxLength(AuditCheckpoint.NameLength);
        builder.Property(c => c.Hash).HasMaxLength(32).IsFixedLength();
    }
}

internal sealed class FailedSignInMapping : IEntityTypeConfiguration<FailedSignIn>
{
    public void Configure(EntityTypeBuilder<FailedSignIn> builder)
    {
        builder.ToTable("FailedSignIns");
        builder.HasKey(f => new { f.Minute, f.Address, f.Account });
        builder.Property(f => f.Address).HasMaxLength(AuditEntry.AddressLength);
        builder.Property(f => f.Account).HasMaxLength(AuditEntry.NameLength);
    }
}
