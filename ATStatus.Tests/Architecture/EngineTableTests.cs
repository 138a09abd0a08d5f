using System.Text.RegularExpressions;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Architecture;

/// <summary>The table of what shows how the engine behaves names tests that there are.</summary>
public sealed partial class EngineTableTests
{
    [Fact]
    public void Each_test_that_it_names_exists()
    {
        var tests = typeof(EngineTableTests).Assembly.GetTypes().SelectMany(type => type.GetMethods().Select(method => $"{type.Name}.{method.Name}")).ToHashSet();
        var named = Named().Matches(File.ReadAllText(Path.Combine(RepositoryFolder.Root, "docs", "engine.md"))).Select(match => match.Groups[1].Value).ToList();
        Assert.InRange(named.Count, 40, 400);
        Assert.DoesNotContain(named, name => !tests.Contains(name));
    }

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex Named();
}
