using System.Text.RegularExpressions;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Architecture;

/// <summary>The walk through the console shows pictures that are there, and shows each that was taken.</summary>
public sealed partial class ConsolePictureTests
{
    private static readonly string Docs = Path.Combine(RepositoryFolder.Root, "docs");

    [Fact]
    public void Each_picture_is_shown_and_each_shown_is_there()
    {
        var shown = Picture().Matches(File.ReadAllText(Path.Combine(Docs, "console.md"))).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal);
        var taken = Directory.EnumerateFiles(Path.Combine(Docs, "images", "console"), "*.png", SearchOption.AllDirectories)
            .Where(file => new FileInfo(file).Length > 0)
            .Select(file => Path.GetRelativePath(Docs, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

        Assert.Equal(taken, shown);
    }

    [GeneratedRegex(@"!\[[^\]]+\]\((images/[^)]+)\)")]
    private static partial Regex Picture();
}
