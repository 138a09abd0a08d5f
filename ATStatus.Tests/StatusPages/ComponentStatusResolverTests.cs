using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.StatusPages;
using CsCheck;
using static ATStatus.Core.Events.ComponentStatus;

namespace ATStatus.Tests.StatusPages;

/// <summary>Which of the statements that hold at a moment is the status (decision 6), for every mixture of them in every order.</summary>
public sealed class ComponentStatusResolverTests
{
    private static readonly ComponentStatus[] BestFirst = [Operational, ComponentStatus.Maintenance, Degraded, PartialOutage, MajorOutage];

    private static readonly Gen<ComponentStatus> AnyStatus = Gen.Int[0, BestFirst.Length - 1].Select(i => BestFirst[i]);

    private static readonly Gen<ComponentStatement> AnyStatement = Gen.Select(
        Gen.Enum<StatementSource>(), AnyStatus, Gen.Enum<WindowOverride>(), (source, status, overrides) => new ComponentStatement
        {
            Source = source,
            Status = source == StatementSource.Window ? ComponentStatus.Maintenance : status,
            Overrides = source == StatementSource.Own ? overrides : WindowOverride.None,
        });

    [Fact]
    public void Of_two_incidents_the_worse_counts_whichever_was_first()
    {
        foreach (var one in BestFirst)
        {
            foreach (var other in BestFirst)
            {
                var worse = BestFirst[Math.Max(Array.IndexOf(BestFirst, one), Array.IndexOf(BestFirst, other))];
                Assert.Equal(worse, ComponentStatusResolver.Resolve([Said(1, one), Said(2, other)]));
                Assert.Equal(worse, ComponentStatusResolver.Resolve([Said(2, other), Said(1, one)]));
                Assert.Equal(worse, ComponentStatusResolver.Worse(one, other));
            }
        }
    }

    [Fact]
    public void A_window_covers_the_own_status_unless_that_was_set_to_show_through_it() => Gen.Select(AnyStatus, Gen.Bool).Sample(
        (status, later) =>
        {
            var window = new ComponentStatement
            {
                Id = later ? 3 : 1,
                Source = StatementSource.Window,
                Status = ComponentStatus.Maintenance,
            };
            Assert.Equal(ComponentStatus.Maintenance, With(WindowOverride.None));
            Assert.Equal(later ? ComponentStatus.Maintenance : status, With(WindowOverride.Running));
            Assert.Equal(status, With(WindowOverride.All));

            ComponentStatus With(WindowOverride overrides) => ComponentStatusResolver.Resolve(
                [window, new ComponentStatement { Id = 2, Source = StatementSource.Own, Status = status, Overrides = overrides }]);
        });

    [Fact]
    public void What_counts_is_a_correction_then_the_worst_of_incidents_then_a_window_then_its_own() =>
        Gen.Select(AnyStatement.Array[0, 7], Gen.Int[0, 1_000]).Sample((statements, seed) =>
        {
            for (var i = 0; i < statements.Length; i++)
                statements[i].Id = i + 1;
            var shuffled = statements.ToArray();
            new Random(seed).Shuffle(shuffled);
            Assert.Equal(Plainly(statements), ComponentStatusResolver.Resolve(shuffled));
        });

    /// <summary>The rule in plain loops over statements in the order in which they were saved.</summary>
    private static ComponentStatus Plainly(ComponentStatement[] statements)
    {
        if (statements.LastOrDefault(s => s.Source == StatementSource.Correction) is { } correction)
            return correction.Status;
        var worst = statements.Where(s => s.Source == StatementSource.Incident)
            .Select(s => Array.IndexOf(BestFirst, s.Status)).DefaultIfEmpty(-1).Max();
        if (worst >= 0)
            return BestFirst[worst];
        var own = statements.LastOrDefault(s => s.Source == StatementSource.Own);
        foreach (var window in statements.Where(s => s.Source == StatementSource.Window))
        {
            if (own is null || own.Overrides == WindowOverride.None || (own.Overrides == WindowOverride.Running && window.Id > own.Id))
                return ComponentStatus.Maintenance;
        }
        return own?.Status ?? Operational;
    }

    private static ComponentStatement Said(long id, ComponentStatus status) =>
        new() { Id = id, Source = StatementSource.Incident, Status = status };
}
