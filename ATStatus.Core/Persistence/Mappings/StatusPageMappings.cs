using ATStatus.Core.StatusPages;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ATStatus.Core.Persistence.Mappings;

// Deletes cascade only to what a row owns. A page's components and incidents are removed by their services, which also
// raise the events; SQL Server would refuse several cascade paths to one table anyway.

internal sealed class StatusPageMapping : IEntityTypeConfiguration<StatusPage>
{
    public void Configure(EntityTypeBuilder<StatusPage> builder)
    {
        builder.Property(p => p.Name).HasMaxLength(StatusPage.NameLength);
        builder.Property(p => p.Slug).HasMaxLength(StatusPage.SlugLength);
        builder.HasIndex(p => p.Slug).IsUnique();
        builder.HasMany(p => p.Components).WithOne(c => c.StatusPage).HasForeignKey(c => c.StatusPageId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class ComponentMapping : IEntityTypeConfiguration<Component>
{
    public void Configure(EntityTypeBuilder<Component> builder)
    {
        builder.Property(c => c.Name).HasMaxLength(Component.NameLength);
        builder.HasIndex(c => new { c.StatusPageId, c.Position });
        builder.HasMany(c => c.History).WithOne().HasForeignKey(h => h.ComponentId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class ComponentStatusChangeMapping : IEntityTypeConfiguration<ComponentStatusChange>
{
    public void Configure(EntityTypeBuilder<ComponentStatusChange> builder) => builder.HasIndex(h => new { h.ComponentId, h.At });
}
