namespace ATStatus.Tests.Support;

/// <summary>What a test found wrong in many places.</summary>
internal static class Findings
{
    /// <summary>Asserts that there is nothing, and says everything that there is.</summary>
    public static void AssertNone(IEnumerable<string> findings)
    {
        var all = findings.ToList();
        Assert.True(all.Count == 0, $"{all.Count}:\n{string.Join('\n', all)}");
    }
}
