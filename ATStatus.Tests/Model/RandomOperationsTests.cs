using System.Globalization;
using ATStatus.Core.Maintenance;
using ATStatus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Model;

/// <summary>
/// Random sequences of everything that operators and the clock can do to components, against <see cref="PlainModel"/>: the events recorded
/// are exactly the ones the contract asks for, in order, byte for byte; and after each sequence present statuses, history and uptime are what was
/// said. <c>ATSTATUS_TEST_SEQUENCES=20000</c> makes it the long run that a person starts.
/// </summary>
public sealed class RandomOperationsTests
{
    private const int Steps = 30;
    private const int Groups = 20;

    /// <summary>How many sequences of <see cref="Steps"/> operations there are in all; a failure names its seed and steps.</summary>
    private static readonly int Sequences =
        int.TryParse(Environment.GetEnvironmentVariable("ATSTATUS_TEST_SEQUENCES"), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 50;

    public static TheoryData<int> FirstSeeds { get; } = [.. Enumerable.Range(0, Groups)];

    /// <summary>A group of sequences, each on a page of its own in the same database.</summary>
    [Theory]
    [MemberData(nameof(FirstSeeds))]
    public async Task What_is_recorded_and_remembered_is_what_was_said(int first)
    {
        await using var app = await CoreApp.StartAsync(more: services => services.AddSingleton<MaintenanceClock>());
        for (var seed = first; seed < Sequences; seed += Groups)
        {
            var run = await ModelRun.StartAsync(app, seed);
            var (steps, expected) = (new List<string>(), new List<string>());
            for (var step = 1; step <= Steps; step++)
            {
                steps.Add($"{step}: {await run.StepAsync()}");
                expected.AddRange(run.Model.TakeRaised().Select(raised => $"{step}: {raised}"));
            }
            // Compared at the end: which step raised what is beside it.
            var recorded = await run.RecordedAsync();
            Assert.True(
                expected.Select(raised => raised[(raised.IndexOf(' ', StringComparison.Ordinal) + 1)..]).SequenceEqual(recorded),
                $"Seed {seed}:\n  {string.Join("\n  ", steps)}\nexpected\n  {string.Join("\n  ", expected)}\nrecorded\n  {string.Join("\n  ", recorded)}");
            var difference = await run.DifferenceAsync();
            Assert.True(difference is null, $"Seed {seed}: {difference}\n  {string.Join("\n  ", steps)}");
            await run.RemoveAsync();
        }
    }
}
