using ATStatus.Core.Model;
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
        builder.Property(p => p.Description).HasMaxLength(StatusPage.DescriptionLength);
        builder.Property(p => p.TimeZone).HasMaxLength(64);
        builder.Property(p => p.PublicUrl).HasMaxLength(StatusPage.PublicUrlLength);
        builder.HasIndex(p => p.Slug).IsUnique();
        builder.HasMany(p => p.Groups).WithOne().HasForeignKey(g => g.StatusPageId).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(p => p.Components).WithOne(c => c.StatusPage).HasForeignKey(c => c.StatusPageId).OnDelete(DeleteBehavior.Restrict);
    }
}

internal sealed class ComponentMapping : IEntityTypeConfiguration<Component>
{
    public void Configure(EntityTypeBuilder<Component> builder)
    {
        builder.Property(c => c.Name).HasMaxLength(Component.NameLength);
        builder.Property(c => c.Description).HasMaxLength(Component.DescriptionLength);
        builder.HasIndex(c => new { c.StatusPageId, c.Position });
        builder.HasOne(c => c.Group).WithMany(g => g.Components).HasForeignKey(c => c.GroupId).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(c => c.Statements).WithOne().HasForeignKey(s => s.ComponentId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class ComponentGroupMapping : IEntityTypeConfiguration<ComponentGroup>
{
    public void Configure(EntityTypeBuilder<ComponentGroup> builder) => builder.Property(g => g.Name).HasMaxLength(ComponentGroup.NameLength);
}

internal sealed class ComponentStatementMapping : IEntityTypeConfiguration<ComponentStatement>
{
    public void Configure(EntityTypeBuilder<ComponentStatement> builder)
    {
        builder.Property(s => s.Author).HasMaxLength(256);
        builder.HasIndex(s => new { s.ComponentId, s.To });
        builder.HasIndex(s => new { s.Source, s.SourceId });
    }
}
