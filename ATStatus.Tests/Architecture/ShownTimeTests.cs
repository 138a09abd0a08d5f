using System.Text.RegularExpressions;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Architecture;

/// <summary>
/// Times stand in the viewer's zone and tell UTC on hover everywhere, because everywhere the shared elements show them
/// (<c>Instant</c>, <c>TimeAgo</c> and their kin): no page writes or formats a time itself.
/// </summary>
public sealed partial class ShownTimeTests
{
    // What a browser's date field takes is no text that people read; a bar's days are days of the page, not instants.
    private static readonly string[] Exempt = ["Components/Shared/Fields/", "Components/Browser/", "Features/StatusComponents/HistoryBar.razor", "Features/Settings/PrunedChart.razor"];

    [Fact]
    public void No_page_formats_a_time_itself()
    {
        var admin = Path.Combine(RepositoryFolder.Root, "ATStatus.Admin");
        var sources = from folder in (string[])["Components", "Features"]
                      from file in Directory.EnumerateFiles(Path.Combine(admin, folder), "*", SearchOption.AllDirectories)
                      let name = Path.GetRelativePath(admin, file).Replace('\\', '/')
                      where name.EndsWith(".razor", StringComparison.Ordinal) || name.EndsWith(".razor.cs", StringComparison.Ordinal)
                      where !Exempt.Any(exempt => name.StartsWith(exempt, StringComparison.Ordinal))
                      select (name, lines: File.ReadAllLines(file));
        var wrong = (from source in sources.ToList()
                     from line in source.lines
                     where Formats().IsMatch(line)
                     select $"{source.name}: {line.Trim()}").ToList();
        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }

    [Theory]
    [InlineData("<time datetime=\"x\">", true)]
    [InlineData("<td>@row.At.ToString(\"d MMM yyyy\")</td>", true)]
    [InlineData("$\"{row.At:HH:mm}\"", true)]
    [InlineData("$\"since {Clock.Absolute(at)}\"", true)]
    [InlineData("<td>@row.StartedAt</td>", true)]
    [InlineData("<dd>@_window.Start</dd>", true)]
    [InlineData("<Instant At=\"row.StartedAt\" />", false)]
    [InlineData("<WallClockField @bind-Value=\"Draft.Starts.Value\" />", false)]
    public void What_counts_as_formatting(string line, bool counts) => Assert.Equal(counts, Formats().IsMatch(line));

    [GeneratedRegex("""<time\b|Clock\.(Absolute|Relative|ToLocal)\(|PageTimeZone\.ToLocal\(|To(Short|Long)(Date|Time)String|"[^"]*(yyyy|MMM|HH:mm|h:mm)[^"]*"|[>\s]@[\w!.]*\.(\w*At|Start|End)\b\s*(<|$)""")]
    private static partial Regex Formats();
}
