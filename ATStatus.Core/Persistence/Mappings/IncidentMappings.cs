using ATStatus.Core.Model;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ATStatus.Core.Persistence.Mappings;

internal sealed class IncidentMapping : IEntityTypeConfiguration<Incident>
{
    public void Configure(EntityTypeBuilder<Incident> builder)
    {
        builder.Property(i => i.Title).HasMaxLength(Incident.TitleLength);
        builder.Property(i => i.Postmortem).HasMaxLength(Incident.PostmortemLength);
        builder.HasOne(i => i.StatusPage).WithMany().HasForeignKey(i => i.StatusPageId).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(i => i.Updates).WithOne().HasForeignKey(u => u.IncidentId).OnDelete(DeleteBehavior.Cascade);
        builder.HasMany(i => i.Components).WithOne(c => c.Incident).HasForeignKey(c => c.IncidentId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(i => new { i.StatusPageId, i.StartedAt });
    }
}

internal sealed class IncidentTemplateMapping : IEntityTypeConfiguration<IncidentTemplate>
{
    public void Configure(EntityTypeBuilder<IncidentTemplate> builder)
    {
        builder.Property(t => t.Name).HasMaxLength(IncidentTemplate.NameLength);
        builder.HasIndex(t => t.Name).IsUnique();
        builder.Property(t => t.Title).HasMaxLength(Incident.TitleLength);
        builder.Property(t => t.Message).HasMaxLength(Incident.MessageLength);
    }
}

internal sealed class IncidentDefaultTextsMapping : IEntityTypeConfiguration<IncidentDefaultTexts>
{
    public void Configure(EntityTypeBuilder<IncidentDefaultTexts> builder)
    {
        builder.Property(t => t.Id).ValueGeneratedNever();
        builder.Property(t => t.Investigating).HasMaxLength(Incident.MessageLength);
        builder.Property(t => t.Identified).HasMaxLength(Incident.MessageLength);
        builder.Property(t => t.Monitoring).HasMaxLength(Incident.MessageLength);
        builder.Property(t => t.Resolved).HasMaxLength(Incident.MessageLength);
    }
}

internal sealed class IncidentUpdateMapping : IEntityTypeConfiguration<IncidentUpdate>
{
    public void Configure(EntityTypeBuilder<IncidentUpdate> builder)
    {
        builder.Property(u => u.Message).HasMaxLength(Incident.MessageLength);
        builder.Property(u => u.Author).HasMaxLength(256);
    }
}

internal sealed class IncidentComponentMapping : IEntityTypeConfiguration<IncidentComponent>
{
    public void Configure(EntityTypeBuilder<IncidentComponent> builder)
    {
        builder.HasKey(c => new { c.IncidentId, c.ComponentId });
        builder.HasOne(c => c.Component).WithMany().HasForeignKey(c => c.ComponentId).OnDelete(DeleteBehavior.Cascade);
    }
}
