using System.Text.RegularExpressions;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Architecture;

/// <summary>
/// What .NET says about skipped and doubled local times, and about the offset of a local time, is wrong for zones whose winter is the
/// exception (Europe/Dublin). <c>PageTimeZone</c> converts there and back instead, and cron rules are read on a wall clock without a zone.
/// </summary>
public sealed partial class ZoneRuleTests
{
    [Fact]
    public void No_source_asks_the_rules_of_a_zone()
    {
        var wrong = (from project in (string[])["ATStatus.Core", "ATStatus.Admin"]
                     from file in Directory.EnumerateFiles(Path.Combine(RepositoryFolder.Root, project), "*", SearchOption.AllDirectories)
                     where file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".razor", StringComparison.Ordinal)
                     let name = Path.GetRelativePath(RepositoryFolder.Root, file).Replace('\\', '/')
                     where !name.Contains("/obj/", StringComparison.Ordinal) && !name.Contains("/bin/", StringComparison.Ordinal)
                     from line in File.ReadLines(file)
                     where Asks().IsMatch(line)
                     select $"{name}: {line.Trim()}").ToList();
        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong));
    }

    [Theory]
    [InlineData("if (zone.IsInvalidTime(clock))", true)]
    [InlineData("@if (Zone.IsAmbiguousTime(local))", true)]
    [InlineData("zone.GetAmbiguousTimeOffsets(clock).Max()", true)]
    [InlineData("zone.GetUtcOffset(local)", true)]
    [InlineData("TimeZoneInfo.ConvertTimeToUtc(local, zone)", true)]
    [InlineData("zone.IsDaylightSavingTime(at)", true)]
    [InlineData("CronExpression.Parse(rule).GetNextOccurrence(after, zone)", true)]
    [InlineData("CronExpression.Parse(Rule).GetNextOccurrence(DateTime.SpecifyKind(afterLocal, DateTimeKind.Utc))", false)]
    [InlineData("TimeZoneInfo.ConvertTimeFromUtc(utc, zone)", false)]
    [InlineData("WallClockTime.IsAmbiguousIn(zone)", false)]
    public void What_counts_as_asking(string line, bool counts) => Assert.Equal(counts, Asks().IsMatch(line));

    [GeneratedRegex(@"\b(IsInvalidTime|IsAmbiguousTime|GetAmbiguousTimeOffsets|GetUtcOffset|ConvertTimeToUtc|IsDaylightSavingTime)\b|GetNextOccurrence\(.*\b[zZ]one\b")]
    private static partial Regex Asks();
}
