using ATStatus.Admin.Features.Maintenance;
using ATStatus.Core.Model;

namespace ATStatus.Tests.Features;

/// <summary>Rules and durations as people read and write them.</summary>
public sealed class MaintenanceTextTests
{
    [Theory]
    [InlineData("40 3 * * 0", "Every Sunday at 03:40")]
    [InlineData("0 2 * * *", "Every day at 02:00")]
    [InlineData("0 2,14 * * *", "Every day at 02:00 and 14:00")]
    [InlineData("30 22 * * 1-5", "Every Monday to Friday at 22:30")]
    [InlineData("30 22 * * MON,thu,7", "Every Monday, Thursday and Sunday at 22:30")]
    [InlineData("0 4 1 * *", "On day 1 of the month at 04:00")]
    [InlineData("0 4 1,15 * *", "On days 1 and 15 of the month at 04:00")]
    [InlineData("0 4 L * *", "On the last day of the month at 04:00")]
    [InlineData("0 4 * * 2#1", "On the first Tuesday of the month at 04:00")]
    [InlineData("0 4 * * 5L", "On the last Friday of the month at 04:00")]
    [InlineData("0 4 1 1,7 *", "On day 1 of the month in January and July at 04:00")]
    [InlineData("0 4 * MAR-MAY *", "Every day at 04:00 in March to May")]
    [InlineData("*/15 * * * *", "Every 15 minutes")]
    [InlineData("0 */6 * * *", "Every 6 hours at minute 0")]
    [InlineData("0 * * * *", "Every hour")]
    [InlineData("0 2 1 * 1", null)]
    [InlineData("0,30 2-4 * * *", null)]
    [InlineData("no rule", null)]
    [InlineData(null, null)]
    public void A_rule_is_said_in_words(string? rule, string? words)
    {
        Assert.Equal(words, RuleText.Words(rule));
        Assert.Equal(words ?? "By a custom rule", RuleText.Of(rule));
    }

    [Fact]
    public void Whatever_a_form_makes_a_rule_of_has_words()
    {
        var start = new DateTime(2026, 1, 1, 3, 40, 0);
        for (var day = 0; day < 400; day++)
        {
            foreach (var recurrence in Enum.GetValues<Recurrence>().Where(r => r is not (Recurrence.Never or Recurrence.Custom)))
            {
                var rule = Recurrences.Rule(recurrence, start.AddDays(day), null);
                Assert.True(MaintenanceSeries.IsRule(rule));
                Assert.EndsWith("at 03:40", RuleText.Words(rule), StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("90", 90)]
    [InlineData("90 min", 90)]
    [InlineData("90m", 90)]
    [InlineData("2 h", 120)]
    [InlineData("2h30", 150)]
    [InlineData(" 1 h 30 min ", 90)]
    [InlineData("1:30", 90)]
    [InlineData("1.5 hours", 90)]
    [InlineData("2 days", 2880)]
    [InlineData("1 d 2 h 3 min", 1563)]
    [InlineData("", null)]
    [InlineData("0", null)]
    [InlineData("0 h", null)]
    [InlineData("-5", null)]
    [InlineData("1:75", null)]
    [InlineData("soon", null)]
    [InlineData("99999 d", null)]
    [InlineData(null, null)]
    public void A_duration_is_read_as_people_write_it(string? text, int? minutes) => Assert.Equal(minutes, (int?)DurationText.Parse(text)?.TotalMinutes);

    [Fact]
    public void A_duration_that_was_written_is_read_again()
    {
        for (var minutes = 1; minutes < 10_000; minutes += 7)
            Assert.Equal(TimeSpan.FromMinutes(minutes), DurationText.Parse(DurationText.Of(TimeSpan.FromMinutes(minutes))));
    }

    [Fact]
    public void An_end_that_nobody_has_chosen_follows_the_start_and_the_duration()
    {
        var draft = new WindowDraft();
        var start = new DateTime(2026, 1, 20, 2, 0, 0);
        draft.Start(new(start));
        Assert.Equal((start.AddHours(1), "1 h"), (draft.Ends.Value.Local, draft.Duration));
        draft.Start(new(start.AddDays(1)));
        Assert.Equal(start.AddDays(1).AddHours(1), draft.Ends.Value.Local);
        draft.Last("90 min");
        Assert.Equal((start.AddDays(1).AddMinutes(90), "90 min"), (draft.Ends.Value.Local, draft.Duration));
        draft.Start(new(start));
        Assert.Equal(start.AddMinutes(90), draft.Ends.Value.Local);
        draft.Last("nonsense");
        Assert.Equal(DurationText.Problem, draft.DurationProblem);
        Assert.Throws<Core.Problems.InvalidInputException>(draft.DemandDuration);

        // One that was chosen stays, and says how long that is.
        draft.End(new(start.AddHours(3)));
        Assert.Equal(("3 h", null), (draft.Duration, draft.DurationProblem));
        draft.Start(new(start.AddHours(1)));
        Assert.Equal((start.AddHours(3), "2 h"), (draft.Ends.Value.Local, draft.Duration));
    }
}
