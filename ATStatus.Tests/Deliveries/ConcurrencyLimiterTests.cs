using ATStatus.Core.Deliveries;
using ATStatus.Core.Model;
using ATStatus.Core.Sending;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace ATStatus.Tests.Deliveries;

/// <summary>
/// Places for first attempts, on a virtual clock: who gets the next one, what is slow, what is held, and that nobody is left waiting. A simulated
/// send takes a given time; nothing here depends on how fast the machine is.
/// </summary>
public sealed class ConcurrencyLimiterTests
{
    private const int Cap = 4;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    /// <summary>One notification of a simulation: how long its sends take, and when each of them is asked for (in steps).</summary>
    private sealed record Load(int StepsEach, int[] Asked);

    private static readonly Gen<Load> AnyLoad = Gen.Select(Gen.Int[1, 60], Gen.Int[0, 200].Array[0, 12], (each, asked) => new Load(each, asked));

    [Fact]
    public void No_place_is_idle_while_somebody_eligible_waits_and_no_cap_is_exceeded() =>
        Gen.Select(Gen.Int[1, 8], AnyLoad.Array[1, 8]).Sample((places, loads) =>
        {
            var simulation = new Simulation(places, loads);
            simulation.Run(onStep: () =>
            {
                Assert.All(simulation.Requests.GroupBy(r => r.NotificationId), g => Assert.InRange(g.Count(r => r.IsInFlight), 0, Cap));
                Assert.InRange(simulation.Requests.Count(r => r is { IsInFlight: true, IsSlow: false }), 0, places);
                Assert.InRange(simulation.Requests.Count(r => r is { IsInFlight: true, IsSlow: true }), 0, 2 * places);
                var isFree = simulation.Requests.Count(r => r is { IsInFlight: true, IsSlow: false }) < places;
                var eligible = simulation.Requests.GroupBy(r => r.NotificationId).Any(g => g.Any(r => r.IsWaiting) && g.Count(r => r.IsInFlight) < Cap);
                Assert.False(isFree && eligible, "A place is idle.");
            });
            // Everybody has got a place or was held, and order within a notification is kept.
            Assert.All(simulation.Requests, r => Assert.True(r.WasGranted || r.WasHeld));
            Assert.All(simulation.Requests.GroupBy(r => r.NotificationId), g =>
                Assert.Equal(g.Where(r => r.WasGranted).Select(r => r.Number).Order(), g.Where(r => r.WasGranted).OrderBy(r => r.GrantedAt).ThenBy(r => r.Number).Select(r => r.Number)));
        }, iter: 300);

    [Fact]
    public void Two_that_always_wait_differ_in_time_used_by_no_more_than_the_bound() =>
        Gen.Select(Gen.Int[1, 19], Gen.Int[1, 19], Gen.Int[1, 4]).Sample((a, b, places) =>
        {
            // Quicker than a second, so that nobody gives a place back, and always more to send.
            var simulation = new Simulation(places, [Always(a), Always(b)]) { HoldsAtCap = false };
            simulation.Run(steps: 400, onStep: () =>
            {
                var used = simulation.TimeUsed();
                var bound = 2 * TimeLimit + Cap * Step * Math.Max(a, b);
                Assert.InRange((used[0] - used[1]).Duration(), TimeSpan.Zero, bound);
            });

            static Load Always(int each) => new(each, [.. Enumerable.Repeat(0, 1_500)]);
        }, iter: 30);

    [Fact]
    public void After_an_idle_hour_there_is_no_burst_and_a_newcomer_gets_the_next_place()
    {
        var simulation = new Simulation(2, [new Load(4, [.. Enumerable.Repeat(0, 200)]), new Load(4, [])]) { HoldsAtCap = false };
        simulation.Run(steps: 40);
        simulation.Time.Advance(TimeSpan.FromHours(1));
        var before = simulation.Requests.Count(r => r is { NotificationId: 0, WasGranted: true });
        var newcomers = simulation.Ask(1, 20);
        simulation.Run(steps: 80);
        // Both have used the same from here on: the one that was idle gets no more than the other.
        var (old, young) = (simulation.Requests.Count(r => r is { NotificationId: 0, WasGranted: true }) - before, newcomers.Count(r => r.WasGranted));
        Assert.InRange(young - old, -6, 6);
        Assert.True(newcomers[0].WasGranted);
    }

    [Fact]
    public void A_send_that_is_slow_gives_its_place_back_and_its_notification_is_slow_from_then_on()
    {
        var simulation = new Simulation(1, [new Load(100, [0]), new Load(1, [1])]);
        simulation.Run(steps: 15);
        Assert.False(simulation.Requests[1].WasGranted);
        Assert.False(simulation.Limiter.IsSlow(0));
        simulation.Run(steps: 8);
        Assert.True(simulation.Requests[0] is { IsInFlight: true, IsSlow: true });
        Assert.True(simulation.Requests[1].WasGranted);
        Assert.True(simulation.Limiter.IsSlow(0));
        Assert.False(simulation.Limiter.IsSlow(1));
        simulation.Run();

        // Fast ones make it fast again: 5 s, then under half a second on average.
        simulation.Ask(0, 10, stepsEach: 1);
        simulation.Run();
        Assert.True(simulation.Limiter.IsSlow(0));
        simulation.Ask(0, 4, stepsEach: 1);
        simulation.Run();
        Assert.False(simulation.Limiter.IsSlow(0));
    }

    [Fact]
    public void What_waits_for_its_notifications_other_sends_is_held_after_a_second_and_what_waits_for_a_place_is_not()
    {
        // One place: four of the first and one of the second wait for it, each send takes 0.9 s.
        var simulation = new Simulation(1, [new Load(18, [0, 0, 0, 0]), new Load(18, [0])]);
        simulation.Run();
        Assert.All(simulation.Requests, r => Assert.True(r.WasGranted));

        simulation = new Simulation(10, [new Load(30, [0, 0, 0, 0, 0, 0])]);
        simulation.Run(steps: 19);
        Assert.Equal(2, simulation.Requests.Count(r => r.IsWaiting));
        simulation.Run(steps: 3);
        Assert.Equal(2, simulation.Requests.Count(r => r.WasHeld));
    }

    [Fact]
    public void The_bound_of_unrecorded_rows_stops_new_claims_and_recording_lets_them_go_on()
    {
        var simulation = new Simulation(1, [new Load(1, [.. Enumerable.Repeat(0, 100)])]) { HoldsAtCap = false, Records = false };
        simulation.Run(steps: 300);
        Assert.Equal(40, simulation.Requests.Count(r => r.WasGranted));
        simulation.RecordAll();
        simulation.Run(steps: 10);
        Assert.InRange(simulation.Requests.Count(r => r.WasGranted), 45, 60);
    }

    [Fact]
    public void Own_jobs_share_the_cap_a_circuit_lets_one_through_and_slow_ones_have_half()
    {
        var limiter = new ConcurrencyLimiter(new WebhookOptions { Workers = 50, SendsPerNotification = Cap }, new FakeTimeProvider());
        for (var id = 1; id <= Cap; id++)
            Assert.Null(limiter.TryTakeOwn(id, 1, isSlow: false, isProbe: false));
        Assert.Equal(HoldReason.Capacity, limiter.TryTakeOwn(9, 1, isSlow: false, isProbe: false));
        Assert.Equal(HoldReason.Circuit, limiter.TryTakeOwn(9, 1, isSlow: false, isProbe: true));
        limiter.LeaveOwn(1);
        Assert.Null(limiter.TryTakeOwn(9, 1, isSlow: false, isProbe: false));

        // 25 workers for own jobs: twelve of them for slow ones.
        for (var id = 100; id < 112; id++)
            Assert.Null(limiter.TryTakeOwn(id, id, isSlow: true, isProbe: false));
        Assert.Equal(HoldReason.SlowEndpoints, limiter.TryTakeOwn(112, 112, isSlow: true, isProbe: false));
        Assert.Null(limiter.TryTakeOwn(113, 113, isSlow: false, isProbe: false));
        limiter.LeaveOwn(100);
        Assert.Null(limiter.TryTakeOwn(112, 112, isSlow: true, isProbe: false));
    }

    [Fact]
    public void After_a_stop_nobody_gets_a_place_and_who_waits_is_told()
    {
        var simulation = new Simulation(1, [new Load(5, [0, 0]), new Load(5, [0])]);
        simulation.Run(steps: 1);
        simulation.Limiter.Stop();
        Assert.Equal(2, simulation.Requests.Count(r => r.WasStopped));
        Assert.True(simulation.Ask(1, 1)[0].WasStopped);
    }

    private sealed class Request(int notification, int number, int steps, Simulation simulation) : PlaceRequest(notification)
    {
        public int Number => number;

        public int StepsLeft { get; set; } = steps;

        public bool IsInFlight { get; set; }

        public bool WasGranted { get; private set; }

        public bool WasHeld { get; private set; }

        public bool WasStopped { get; private set; }

        public int GrantedAt { get; private set; }

        public TimeSpan Used { get; set; }

        public bool IsWaiting => !WasGranted && !WasHeld && !WasStopped;

        public override void Granted() => (IsInFlight, WasGranted, GrantedAt) = (true, true, simulation.Grants++);

        public override void Slowed()
        {
        }

        public override void Held() => WasHeld = true;

        public override void Stopped() => WasStopped = true;
    }

    /// <summary>Sends that take their steps, on a clock that moves a step at a time.</summary>
    private sealed class Simulation
    {
        private readonly List<(int Step, Request Request)> _asked = [];
        private readonly List<Request> _unrecorded = [];
        private readonly int _notifications;
        private int _step;

        public Simulation(int places, Load[] loads)
        {
            Limiter = new ConcurrencyLimiter(new WebhookOptions { Workers = places, SendsPerNotification = Cap, Timeout = TimeLimit }, Time);
            _notifications = loads.Length;
            var number = 0;
            for (var n = 0; n < loads.Length; n++)
            {
                foreach (var at in loads[n].Asked.Order())
                    _asked.Add((at, new Request(n, number++, loads[n].StepsEach, this)));
            }
        }

        public FakeTimeProvider Time { get; } = new();

        public ConcurrencyLimiter Limiter { get; }

        public List<Request> Requests { get; } = [];

        public bool HoldsAtCap { get; init; } = true;

        public bool Records { get; init; } = true;

        public int Grants { get; set; }

        public List<Request> Ask(int notification, int count, int stepsEach = 4)
        {
            var asked = Enumerable.Range(0, count).Select(i => new Request(notification, 1_000_000 + (_step * 100) + i, stepsEach, this)).ToList();
            Requests.AddRange(asked);
            Limiter.Enter(asked);
            return asked;
        }

        public void Run(int steps = 100_000, Action? onStep = null)
        {
            for (; steps > 0 && (_asked.Count > 0 || Requests.Exists(r => r.IsWaiting || r.IsInFlight)); steps--, _step++)
            {
                var due = _asked.Where(a => a.Step <= _step).Select(a => a.Request).ToList();
                _asked.RemoveAll(a => a.Step <= _step);
                Requests.AddRange(due);
                Limiter.Enter(due);
                onStep?.Invoke();
                // The limiter's own timer runs by the same clock.
                Time.Advance(Step);
                foreach (var request in Requests.Where(r => r.IsInFlight).ToList())
                {
                    request.Used += Step;
                    if (--request.StepsLeft > 0)
                        continue;
                    request.IsInFlight = false;
                    Limiter.Sent(request, request.Used);
                    if (Records)
                        Limiter.Recorded();
                    else
                        _unrecorded.Add(request);
                }
                if (!HoldsAtCap)
                    AskAgain();
            }
        }

        public void RecordAll()
        {
            _unrecorded.ForEach(_ => Limiter.Recorded());
            _unrecorded.Clear();
        }

        public TimeSpan[] TimeUsed() =>
            [.. Enumerable.Range(0, _notifications).Select(n => TimeSpan.FromTicks(Requests.Where(r => r.NotificationId == n).Sum(r => r.Used.Ticks)))];

        /// <summary>Who was held for the cap asks again: it always waits.</summary>
        private void AskAgain()
        {
            foreach (var held in Requests.Where(r => r.WasHeld).ToList())
            {
                Requests.Remove(held);
                var again = new Request(held.NotificationId, held.Number, held.StepsLeft, this);
                Requests.Add(again);
                Limiter.Enter([again]);
            }
        }
    }
}
