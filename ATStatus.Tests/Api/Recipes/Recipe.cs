using System.Text;
using System.Text.RegularExpressions;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Api.Recipes;

/// <summary>What a document tells people to copy, as it stands there.</summary>
internal static partial class Recipe
{
    /// <summary>The only block of a language in a document that contains a text.</summary>
    /// <param name="document">Relative to the repository's root.</param>
    /// <param name="language">As the block names it.</param>
    /// <param name="containing">The text.</param>
    public static string Of(string document, string language, string containing) =>
        Block().Matches(File.ReadAllText(Path.Combine(RepositoryFolder.Root, document)).ReplaceLineEndings("\n"))
            .Single(match => match.Groups[1].Value == language && match.Groups[2].Value.Contains(containing, StringComparison.Ordinal))
            .Groups[2].Value;

    /// <summary>The same with the console's address and the key where it has an example's.</summary>
    public static string For(string recipe, Uri console, string key)
    {
        var filled = Address().Replace(recipe, $"{console}api/v1").Replace("ats_…", key, StringComparison.Ordinal);
        Assert.DoesNotContain("example.com", filled, StringComparison.Ordinal);
        return filled;
    }

    /// <summary>Runs a script as a person's terminal does, and returns its exit code.</summary>
    public static async Task<(int Code, string Errors)> RunAsync(
        string script, string folder, string[] options, params (string Name, string Value)[] variables)
    {
        var file = Path.Combine(folder, $"{Guid.NewGuid():N}.sh");
        await File.WriteAllTextAsync(file, script, new UTF8Encoding(false), TestContext.Current.CancellationToken);
        var (code, _, errors) = await ShellScript.TryAsync(TestRequirement.OnPath("bash")!, [.. options, file], null, folder, variables);
        return (code, errors);
    }

    [GeneratedRegex("^```([a-z]+)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"https?://[^/\s]+/api/v1")]
    private static partial Regex Address();
}
