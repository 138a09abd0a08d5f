using ATStatus.Core.Dispatch;
using Microsoft.Extensions.Time.Testing;

namespace ATStatus.Tests.Dispatch;

/// <summary>Which deliveries of one notification wait for an earlier one of their sequence.</summary>
public sealed class SequenceOrderTests
{
    private readonly SequenceOrder _order = new();
    private readonly EventSequence _first = new();
    private readonly EventSequence _second = new();
    private readonly FakeTimeProvider _time = new();

    public SequenceOrderTests()
    {
        foreach (var id in new[] { 1, 2, 3 })
            _order.Add(_first, id);
        _order.Add(_second, 4);
    }

    [Fact]
    public void Each_waits_for_the_one_before_of_its_own_sequence_only()
    {
        Assert.Equal([2, 3], Waiting());
        _order.Pass(1);
        Assert.Equal([3], Waiting());
        _order.Pass(2);
        Assert.Empty(Waiting());
        Assert.True(_order.IsLive(_first));
        _order.Pass(3);
        Assert.False(_order.IsLive(_first));
        Assert.True(_order.IsLive(_second));
    }

    [Fact]
    public void One_in_the_middle_that_is_settled_is_passed_over()
    {
        _order.Pass(2);
        Assert.Equal([3], Waiting());
        _order.Pass(1);
        Assert.Empty(Waiting());
    }

    [Fact]
    public void After_a_second_under_way_the_next_goes_and_not_before()
    {
        _time.Advance(TimeSpan.FromHours(1));
        _order.PassSlow(_time);
        Assert.Equal([2, 3], Waiting());
        _order.Begin(1, _time.GetTimestamp());
        _time.Advance(TimeSpan.FromMilliseconds(999));
        _order.PassSlow(_time);
        Assert.Equal([2, 3], Waiting());
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _order.PassSlow(_time);
        Assert.Equal([3], Waiting());
    }

    [Fact]
    public void What_is_gone_holds_up_nothing_and_what_lies_further_back_says_nothing()
    {
        // Nothing of the sequence was read: it may lie behind all that was.
        _order.PassMissing(_ => false, new HashSet<long> { 4 });
        Assert.Equal([2, 3], Waiting());
        _order.PassMissing(id => id == 1, new HashSet<long> { 2, 3 });
        Assert.Equal([2, 3], Waiting());
        _order.PassMissing(_ => false, new HashSet<long> { 3 });
        Assert.Empty(Waiting());
    }

    [Fact]
    public void Cleared_nothing_waits()
    {
        _order.Clear();
        Assert.Empty(Waiting());
        Assert.False(_order.IsLive(_first));
    }

    [Fact]
    public void A_long_queue_takes_in_no_further_sequence()
    {
        for (var id = 10; id < 20_000; id += 2)
        {
            var sequence = new EventSequence();
            _order.Add(sequence, id);
            _order.Add(sequence, id + 1);
        }
        Assert.True(_order.Waits(11));
        Assert.False(_order.Waits(19_999));
    }

    private IEnumerable<long> Waiting() => Enumerable.Range(1, 4).Select(id => (long)id).Where(_order.Waits);
}
