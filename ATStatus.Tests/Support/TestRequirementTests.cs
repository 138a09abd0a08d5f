namespace ATStatus.Tests.Support;

public sealed class TestRequirementTests
{
    [Theory]
    [InlineData(true, null, TestRequirement.Verdict.Run)]
    [InlineData(true, "gadget", TestRequirement.Verdict.Run)]
    [InlineData(false, null, TestRequirement.Verdict.Skip)]
    [InlineData(false, "", TestRequirement.Verdict.Skip)]
    [InlineData(false, "node, gadgets", TestRequirement.Verdict.Skip)]
    [InlineData(false, "gadget", TestRequirement.Verdict.Fail)]
    [InlineData(false, "node, Gadget ,browser", TestRequirement.Verdict.Fail)]
    internal void A_missing_part_skips_unless_it_is_required(bool isThere, string? requiredParts, TestRequirement.Verdict expected)
    {
        var (verdict, reason) = new TestRequirement("gadget", () => isThere, "buy one").Judge(requiredParts);

        Assert.Equal(expected, verdict);
        if (verdict != TestRequirement.Verdict.Run)
            Assert.Contains("buy one", reason, StringComparison.Ordinal);
    }
}
