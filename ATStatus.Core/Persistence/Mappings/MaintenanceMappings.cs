using ATStatus.Core.Model;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ATStatus.Core.Persistence.Mappings;

internal sealed class MaintenanceWindowMapping : IEntityTypeConfiguration<MaintenanceWindow>
{
    public void Configure(EntityTypeBuilder<MaintenanceWindow> builder)
    {
        builder.Property(w => w.Title).HasMaxLength(MaintenanceWindow.TitleLength);
        builder.Property(w => w.Message).HasMaxLength(MaintenanceWindow.MessageLength);
        builder.HasOne(w => w.StatusPage).WithMany().HasForeignKey(w => w.StatusPageId).OnDelete(DeleteBehavior.Restrict);
        builder.HasOne(w => w.Series).WithMany().HasForeignKey(w => w.SeriesId).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(w => w.Components).WithOne(c => c.Window).HasForeignKey(c => c.WindowId).OnDelete(DeleteBehavior.Cascade);
        builder.HasMany(w => w.Updates).WithOne().HasForeignKey(u => u.WindowId).OnDelete(DeleteBehavior.Cascade);
        // As a number: the time type of SQL Server ends at 24 hours.
        builder.Property(w => w.RemindBefore).HasConversion<long?>();
        // The clock asks for what is due many times a minute.
        builder.HasIndex(w => new { w.Status, w.Start });
        builder.HasIndex(w => new { w.Status, w.End });
    }
}

internal sealed class MaintenanceUpdateMapping : IEntityTypeConfiguration<MaintenanceUpdate>
{
    public void Configure(EntityTypeBuilder<MaintenanceUpdate> builder)
    {
        builder.Property(u => u.Message).HasMaxLength(MaintenanceWindow.MessageLength);
        builder.Property(u => u.Author).HasMaxLength(MaintenanceUpdate.AuthorLength);
    }
}

internal sealed class MaintenanceComponentMapping : IEntityTypeConfiguration<MaintenanceComponent>
{
    public void Configure(EntityTypeBuilder<MaintenanceComponent> builder)
    {
        builder.HasKey(c => new { c.WindowId, c.ComponentId });
        builder.HasOne(c => c.Component).WithMany().HasForeignKey(c => c.ComponentId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class MaintenanceSeriesMapping : IEntityTypeConfiguration<MaintenanceSeries>
{
    public void Configure(EntityTypeBuilder<MaintenanceSeries> builder)
    {
        builder.Property(s => s.Rule).HasMaxLength(MaintenanceSeries.RuleLength);
        builder.Property(s => s.TimeZone).HasMaxLength(64);
        builder.Property(s => s.Title).HasMaxLength(MaintenanceWindow.TitleLength);
        builder.Property(s => s.Message).HasMaxLength(MaintenanceWindow.MessageLength);
        // As a number: the time type of SQL Server ends at 24 hours.
        builder.Property(s => s.Duration).HasConversion<long>();
        builder.Property(s => s.RemindBefore).HasConversion<long?>();
        builder.HasOne<StatusPage>().WithMany().HasForeignKey(s => s.StatusPageId).OnDelete(DeleteBehavior.Restrict);
        builder.HasMany(s => s.Components).WithOne().HasForeignKey(c => c.SeriesId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class MaintenanceSeriesComponentMapping : IEntityTypeConfiguration<MaintenanceSeriesComponent>
{
    public void Configure(EntityTypeBuilder<MaintenanceSeriesComponent> builder)
    {
        builder.ToTable("MaintenanceSeriesComponents");
        builder.HasKey(c => new { c.SeriesId, c.ComponentId });
        builder.HasOne(c => c.Component).WithMany().HasForeignKey(c => c.ComponentId).OnDelete(DeleteBehavior.Cascade);
    }
}
