using ATStatus.Core.Model;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ATStatus.Core.Persistence.Mappings;

internal sealed class UserMapping : IEntityTypeConfiguration<User>
{
    public void Configure(EntityTypeBuilder<User> builder)
    {
        // The accounts of earlier versions are on.
        builder.Property(u => u.IsOn).HasDefaultValue(true).HasSentinel(true);
    }
}

/// <summary>As Identity's schema version 3 has it, which Identity itself only makes of the options of a running host.</summary>
internal sealed class PasskeyMapping : IEntityTypeConfiguration<IdentityUserPasskey<Guid>>
{
    public void Configure(EntityTypeBuilder<IdentityUserPasskey<Guid>> builder)
    {
        // A credential's id has up to 1,023 bytes (WebAuthn, 4), and SQL Server's clustered keys at most 900; other keys 1,700.
        builder.ToTable("AspNetUserPasskeys");
        builder.HasKey(p => p.CredentialId).IsClustered(false);
        builder.Property(p => p.CredentialId).HasMaxLength(1024);
        builder.HasOne<User>().WithMany().HasForeignKey(p => p.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.OwnsOne(p => p.Data).ToJson();
    }
}

internal sealed class SessionMapping : IEntityTypeConfiguration<Session>
{
    public void Configure(EntityTypeBuilder<Session> builder)
    {
        builder.Property(s => s.Id).ValueGeneratedNever();
        builder.Property(s => s.Address).HasMaxLength(Session.AddressLength);
        builder.Property(s => s.Device).HasMaxLength(Session.DeviceLength);
        builder.HasOne<User>().WithMany().HasForeignKey(s => s.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class InvitationMapping : IEntityTypeConfiguration<Invitation>
{
    public void Configure(EntityTypeBuilder<Invitation> builder)
    {
        builder.Property(i => i.Email).HasMaxLength(Invitation.EmailLength);
        builder.Property(i => i.Role).HasMaxLength(40);
        builder.Property(i => i.CreatedBy).HasMaxLength(256);
        builder.Property(i => i.TokenHash).HasMaxLength(32).IsFixedLength();
        builder.HasIndex(i => i.TokenHash).IsUnique();
    }
}

internal sealed class AccessRulesMapping : IEntityTypeConfiguration<AccessRules>
{
    public void Configure(EntityTypeBuilder<AccessRules> builder) => builder.Property(r => r.Id).ValueGeneratedNever();
}
