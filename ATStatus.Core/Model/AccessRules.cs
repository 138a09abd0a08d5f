namespace ATStatus.Core.Model;

/// <summary>What an Admin demands of everybody who signs in. At most one row.</summary>
public sealed class AccessRules
{
    public const int OnlyId = 1;

    public int Id { get; set; } = OnlyId;

    /// <summary>A password alone opens nothing but the own account, where a second factor can be set up.</summary>
    public bool RequiresSecondFactor { get; set; }
}
