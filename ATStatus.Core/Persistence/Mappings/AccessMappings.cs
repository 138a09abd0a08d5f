using ATStatus.Core.Model;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ATStatus.Core.Persistence.Mappings;

internal sealed class IdempotentRequestMapping : IEntityTypeConfiguration<IdempotentRequest>
{
    public void Configure(EntityTypeBuilder<IdempotentRequest> builder)
    {
        builder.Property(r => r.Hash).HasMaxLength(32).IsFixedLength();
        builder.Property(r => r.BodyHash).HasMaxLength(32).IsFixedLength();
        builder.Property(r => r.Token).IsConcurrencyToken();
        builder.HasIndex(r => r.Hash).IsUnique();
        builder.HasIndex(r => r.StartedAt);
    }
}

internal sealed class ApiKeyMapping : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.Property(k => k.Name).HasMaxLength(ApiKey.NameLength);
        builder.Property(k => k.Prefix).HasMaxLength(ApiKey.PrefixLength);
        builder.Property(k => k.Hash).HasMaxLength(32).IsFixedLength();
        builder.Property(k => k.CreatedBy).HasMaxLength(256);
        builder.Property(k => k.LastUsedFrom).HasMaxLength(ApiKey.AddressLength);
        builder.Property(k => k.Scopes).HasMaxLength(1000).HasConversion(
            scopes => string.Join(' ', scopes),
            text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            new ValueComparer<IReadOnlyList<string>>(
                (one, other) => ReferenceEquals(one, other) || (one != null && other != null && one.SequenceEqual(other)),
                scopes => scopes.Count, scopes => scopes));
        builder.HasIndex(k => k.Hash).IsUnique();
    }
}
