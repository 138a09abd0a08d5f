using System.Text.RegularExpressions;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Architecture;

/// <summary>What docs/security.md promises names the tests that show it.</summary>
public sealed partial class SecurityDocumentTests
{
    [Fact]
    public async Task Every_test_that_it_names_is_there()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(RepositoryFolder.Root, "docs", "security.md"), TestContext.Current.CancellationToken);
        var named = Named().Matches(text).Select(match => match.Value).Distinct().ToList();
        Assert.True(named.Count > 40, $"{named.Count} names");
        Assert.Empty(named.Except(typeof(SecurityDocumentTests).Assembly.GetTypes().Select(type => type.Name)));
    }

    [GeneratedRegex(@"(?<=`)\w+Tests(?=`)")]
    private static partial Regex Named();
}
