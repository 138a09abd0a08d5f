namespace ATStatus.Core.Access.Audit;

/// <summary>How long the audit trail is kept (<c>Audit:Keep</c>).</summary>
public sealed record AuditOptions
{
    /// <summary>Null for ever.</summary>
    public TimeSpan? Keep { get; init; } = TimeSpan.FromDays(400);
}
