using ATStatus.Core.Model;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ATStatus.Core.Persistence.Mappings;

internal sealed class DatabaseIdentityMapping : IEntityTypeConfiguration<DatabaseIdentity>
{
    public void Configure(EntityTypeBuilder<DatabaseIdentity> builder)
    {
        builder.Property(d => d.Id).ValueGeneratedNever();
        builder.Property(d => d.UsedBy).HasMaxLength(DatabaseIdentity.UsedByLength);
        builder.Property(d => d.UsedFrom).HasMaxLength(DatabaseIdentity.UsedFromLength);
    }
}
