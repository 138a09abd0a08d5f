namespace ATStatus.Core.Model;

/// <summary>A row that says when it was made and when it was last written. The context keeps the second.</summary>
public interface ITimestamped
{
    /// <summary>When it was made (UTC).</summary>
    DateTime CreatedAt { get; set; }

    /// <summary>When it was last written (UTC).</summary>
    DateTime UpdatedAt { get; set; }
}
