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
    private const int StepsPerSecond = 20;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1) / StepsPerSecond;

    /// <summary>A send of a simulation, in steps: when it is asked for and how long it takes. Of an own job, or a first attempt.</summary>
    private sealed record Send(int At, int Steps, bool IsOwn = false);

    /// <summary>What one notification of a simulation is sent.</summary>
    private sealed record Load(params Send[] Sends)
    {
        public static Load Of(int stepsEach, params int[] asked) => new([.. asked.Select(at => new Send(at, stepsEach))]);

        /// <summary>So many that it always waits.</summary>
        public static Load Always(int stepsEach, int count, int from = 0) => Of(stepsEach, [.. Enumerable.Repeat(from, count)]);
    }

    /// <summary>Most take less than a second, some up to the time limit.</summary>
    private static readonly Gen<int> AnySteps = Gen.Frequency((6, Gen.Int[1, 19]), (1, Gen.Int[20, 200]));

    private static readonly Gen<Load> AnyLoad = Gen.Select(Gen.Int[0, 200], AnySteps, Gen.Int[0, 7], (at, steps, own) => new Send(at, steps, own == 0))
        .Array[0, 14].Select(sends => new Load(sends));

    /// <summary>Many sends at a moment, a few times; some of them take as long as two seconds.</summary>
    private static readonly Gen<Load> AnyBursts = Gen.Select(
            Gen.Int[0, 300], Gen.Int[1, 20], Gen.Frequency((4, Gen.Int[1, 19]), (1, Gen.Int[20, 40])), (at, count, steps) => Enumerable.Repeat(new Send(at, steps), count).ToArray())
        .Array[1, 3].Select(bursts => new Load([.. bursts.SelectMany(b => b)]));

    [Fact]
    public void No_place_is_idle_while_somebody_eligible_waits_and_no_cap_is_exceeded() =>
        Gen.Select(Gen.Int[1, 8], AnyLoad.Array[1, 8]).Sample((places, loads) =>
        {
            var simulation = new Simulation(places, loads);
            simulation.Run(onStep: () =>
            {
                for (var n = 0; n < loads.Length; n++)
                    Assert.InRange(simulation.InFlight(n), 0, Cap);
                var taken = simulation.Requests.Count(r => r is { IsInFlight: true, IsSlow: false });
                Assert.InRange(taken, 0, places);
                Assert.InRange(simulation.Slow, 0, 2 * places);
                var eligible = Enumerable.Range(0, loads.Length).Any(n => simulation.IsWaiting(n) && simulation.InFlight(n) < Cap);
                Assert.False(taken < places && eligible, "A place is idle.");
            });
            // Everybody has got a place or was held, and order within a notification is kept.
            Assert.All(simulation.Requests, r => Assert.True(r.WasGranted || r.WasHeld));
            Assert.All(simulation.Requests.GroupBy(r => r.NotificationId), g =>
                Assert.Equal(g.Where(r => r.WasGranted).Select(r => r.Number).Order(), g.Where(r => r.WasGranted).OrderBy(r => r.GrantedAt).ThenBy(r => r.Number).Select(r => r.Number)));
        }, iter: 300);

    [Fact]
    public void Two_that_always_wait_differ_in_time_used_by_no_more_than_the_bound() =>
        Gen.Select(Gen.Int[1, 19], Gen.Int[1, 19], Gen.Int[1, Cap - 1]).Sample((a, b, places) =>
        {
            // Fewer places than the cap, so that nobody is held, and quicker than a second, so that nobody gives a place back. The time limit is the
            // shortest for which the bound is promised.
            var limit = Cap * Step * Math.Max(a, b) / 2;
            var simulation = new Simulation(places, [Load.Always(a, 1_300), Load.Always(b, 1_300)], limit);
            simulation.Run(steps: 400, onStep: () =>
            {
                var used = simulation.TimeUsed();
                Assert.InRange((used[0] - used[1]).Duration(), TimeSpan.Zero, 2 * limit + Cap * Step * Math.Max(a, b));
            });
        }, iter: 30);

    [Fact]
    public void The_first_that_waits_of_a_notification_below_its_cap_gets_a_place_within_the_bound() =>
        Gen.Select(Gen.Int[1, 3], Gen.OneOf(1, Cap, 20), AnyBursts.Array[2, 4]).Sample((places, cap, loads) =>
        {
            var limit = TimeSpan.FromSeconds(2);
            var simulation = new Simulation(places, loads, limit, cap) { HoldsAtCap = false };
            var waits = loads.Select(_ => (Steps: 0, Grants: 0, Active: new HashSet<int>())).ToArray();
            simulation.Run(onStep: () =>
            {
                var active = Enumerable.Range(0, loads.Length).Where(n => simulation.IsWaiting(n) || simulation.InFlight(n) > 0).ToList();
                for (var n = 0; n < loads.Length; n++)
                {
                    var grants = simulation.GrantsOf(n);
                    var goesOn = simulation.IsWaiting(n) && simulation.InFlight(n) < cap && simulation.Slow < 2 * places && grants == waits[n].Grants;
                    waits[n] = goesOn ? (waits[n].Steps + 1, grants, waits[n].Active) : (0, grants, new HashSet<int>());
                    waits[n].Active.UnionWith(active);
                    var bound = (2 * limit + cap * TimeSpan.FromSeconds(1)) * waits[n].Active.Count / places + TimeSpan.FromSeconds(1);
                    Assert.True(waits[n].Steps * Step <= bound, $"Notification {n} has waited for {waits[n].Steps * Step}, and the bound is {bound}.");
                }
            });
        }, iter: 60);

    [Fact]
    public void Who_has_used_much_is_behind_by_no_more_than_two_time_limits()
    {
        // Twenty sends of nine seconds each are in flight when another begins, which has ten places then: it has used half as much when they have ended.
        var simulation = new Simulation(10, [Load.Of(180, new int[20]), Load.Always(2, 1_700, from: 2 * StepsPerSecond)], cap: 20) { HoldsAtCap = false };
        simulation.Run(steps: 12 * StepsPerSecond);
        Assert.Equal(0, simulation.InFlight(0));
        var asked = simulation.Ask(0, 1)[0];
        simulation.Run(steps: 4 * StepsPerSecond);
        // The other uses ten seconds in each second, so two time limits take two, and what it is behind would take eight.
        Assert.True(asked.WasGranted);
    }

    [Fact]
    public void Idle_time_earns_nothing_and_whoever_begins_gets_a_place_as_soon_as_one_is_free() =>
        Gen.Select(Gen.Int[4, 19], Gen.Int[4, 19], Gen.Int[1, Cap - 1], Gen.Int[0, 10], Gen.Int[200, 600]).Sample((a, b, places, before, idle) =>
        {
            var (longest, limit) = (Math.Max(a, b), TimeSpan.FromHours(1));
            var simulation = new Simulation(places, [Load.Always(a, 1_500), Load.Of(b, new int[before]), Load.Of(b)], limit);
            // The second has sent a little and is idle for long; the third is new.
            while (simulation.InFlight(1) > 0 || simulation.IsWaiting(1) || simulation.Grants == 0)
                simulation.Run(steps: 1);
            simulation.Run(steps: idle);
            var used = simulation.TimeUsed();
            var begun = new[] { simulation.Ask(1, 300, b)[0], simulation.Ask(2, 300, b)[0] };
            // One that is in flight, one that has waited for longer, and each other's.
            simulation.Run(steps: 3 * longest + 3);
            Assert.All(begun, request => Assert.True(request.WasGranted));
            simulation.Run(steps: 200, onStep: () =>
            {
                var now = simulation.TimeUsed();
                for (var n = 1; n < 3; n++)
                    Assert.True(now[n] - used[n] - (now[0] - used[0]) <= 2 * Cap * Step * longest, $"Notification {n} catches up.");
            });
        }, iter: 30);

    [Fact]
    public void A_send_that_is_slow_gives_its_place_back_and_its_notification_is_slow_from_then_on()
    {
        var simulation = new Simulation(1, [Load.Of(100, 0), Load.Of(1, 1)]);
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
        var simulation = new Simulation(1, [Load.Of(18, 0, 0, 0, 0), Load.Of(18, 0)]);
        simulation.Run();
        Assert.All(simulation.Requests, r => Assert.True(r.WasGranted));

        simulation = new Simulation(10, [Load.Of(30, 0, 0, 0, 0, 0, 0)]);
        simulation.Run(steps: 19);
        Assert.Equal(2, simulation.Requests.Count(r => r.IsWaiting));
        simulation.Run(steps: 3);
        Assert.Equal(2, simulation.Requests.Count(r => r.WasHeld));
    }

    [Fact]
    public void Sends_of_own_jobs_alone_hold_what_waits_and_only_while_they_fill_the_cap()
    {
        // Four own sends of four seconds: what waits beside them has nothing of its own in flight.
        Send[] own = [.. Enumerable.Repeat(new Send(0, 4 * StepsPerSecond, IsOwn: true), Cap)];
        var simulation = new Simulation(10, [new Load([.. own, new Send(1, 2)])]);
        simulation.Run(steps: 2 * StepsPerSecond);
        Assert.True(Assert.Single(simulation.Requests).WasHeld);

        // They have ended; what waits now waits for the one place, which two others have first, for 0.9 s each, and is not held.
        own = [.. Enumerable.Repeat(new Send(0, 2, IsOwn: true), Cap)];
        simulation = new Simulation(1, [new Load([.. own, new Send(StepsPerSecond, 2)]), Load.Of(18, StepsPerSecond - 1), Load.Of(18, StepsPerSecond - 1)]);
        simulation.Run();
        Assert.All(simulation.Requests, r => Assert.True(r.WasGranted));
    }

    [Fact]
    public void No_more_than_twice_the_places_are_slow_beyond_that_they_keep_their_places_and_all_count_for_the_cap()
    {
        var simulation = new Simulation(2, [.. Enumerable.Range(0, 10).Select(_ => Load.Of(100, 0))]);
        simulation.Run(steps: 4 * StepsPerSecond);
        Assert.Equal((6, 4), (simulation.Requests.Count(r => r.IsInFlight), simulation.Slow));
        simulation.Run();
        Assert.All(simulation.Requests, r => Assert.True(r.WasGranted));

        // Slow ones have no place, and their notification still may not have a fifth.
        simulation = new Simulation(8, [Load.Of(100, 0, 0, 0, 0), Load.Of(4, 2 * StepsPerSecond)]);
        simulation.Run(steps: 2 * StepsPerSecond);
        Assert.Equal(4, simulation.Slow);
        var fifth = simulation.Ask(0, 1)[0];
        simulation.Run(steps: StepsPerSecond / 2);
        Assert.False(fifth.WasGranted);
        Assert.True(simulation.Requests.Single(r => r.NotificationId == 1).WasGranted);
    }

    [Theory]
    [InlineData(1, 40)]
    [InlineData(10, 40)]
    [InlineData(50, 200)]
    public void The_bound_of_unrecorded_rows_stops_new_claims_leaves_room_for_own_jobs_and_recording_lets_claims_go_on(int places, int bound)
    {
        var own = new WebhookOptions { Workers = places }.RetryWorkers;
        var simulation = new Simulation(places, [.. Enumerable.Range(0, 300).Select(_ => Load.Of(1, 0))]) { Records = false };
        simulation.Run(steps: 100);
        Assert.Equal(bound - own, simulation.Requests.Count(r => r.WasGranted));
        // As many as there are workers for them.
        for (var id = 1; id <= own; id++)
            Assert.Null(simulation.Limiter.TryTakeOwn(id, 1_000 + id, isSlow: false, isProbe: false));
        simulation.RecordAll();
        simulation.Run(steps: 1);
        Assert.InRange(simulation.Requests.Count(r => r.WasGranted), bound - own + 1, 300);
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
        var simulation = new Simulation(1, [Load.Of(5, 0, 0), Load.Of(5, 0)]);
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
        private readonly List<(long Id, int Notification, int At, int Steps)> _own = [];
        private readonly List<(long Id, int Notification, int Until)> _ownInFlight = [];
        private readonly int _notifications;
        private readonly int _ownWorkers;
        private int _step;

        public Simulation(int places, Load[] loads, TimeSpan? limit = null, int cap = Cap)
        {
            var options = new WebhookOptions { Workers = places, SendsPerNotification = cap, Timeout = limit ?? TimeLimit };
            (Limiter, _notifications, _ownWorkers) = (new ConcurrencyLimiter(options, Time), loads.Length, options.RetryWorkers);
            var number = 0;
            for (var n = 0; n < loads.Length; n++)
            {
                foreach (var send in loads[n].Sends.OrderBy(send => send.At))
                {
                    if (send.IsOwn)
                        _own.Add((number++, n, send.At, send.Steps));
                    else
                        _asked.Add((send.At, new Request(n, number++, send.Steps, this)));
                }
            }
        }

        public FakeTimeProvider Time { get; } = new();

        public ConcurrencyLimiter Limiter { get; }

        public List<Request> Requests { get; } = [];

        public bool HoldsAtCap { get; init; } = true;

        public bool Records { get; init; } = true;

        public int Grants { get; set; }

        public int Slow => Requests.Count(r => r is { IsInFlight: true, IsSlow: true });

        /// <summary>How many sends of a notification are in flight, own jobs' included.</summary>
        public int InFlight(int notification) =>
            Requests.Count(r => r.IsInFlight && r.NotificationId == notification) + _ownInFlight.Count(o => o.Notification == notification);

        public bool IsWaiting(int notification) => Requests.Exists(r => r.IsWaiting && r.NotificationId == notification);

        public int GrantsOf(int notification) => Requests.Count(r => r.WasGranted && r.NotificationId == notification);

        public List<Request> Ask(int notification, int count, int stepsEach = 4)
        {
            var asked = Enumerable.Range(0, count).Select(i => new Request(notification, 1_000_000 + (_step * 1_000) + i, stepsEach, this)).ToList();
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
                TakeOwn();
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
                foreach (var own in _ownInFlight.Where(o => o.Until <= _step).ToList())
                {
                    _ownInFlight.Remove(own);
                    Limiter.LeaveOwn(own.Id);
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

        /// <summary>Own jobs whose time has come and for which there is a worker; one that is refused is not asked for again.</summary>
        private void TakeOwn()
        {
            foreach (var own in _own.Where(o => o.At <= _step).ToList())
            {
                _own.Remove(own);
                if (_ownInFlight.Count < _ownWorkers && Limiter.TryTakeOwn(own.Id, own.Notification, isSlow: false, isProbe: false) is null)
                    _ownInFlight.Add((own.Id, own.Notification, _step + own.Steps));
            }
        }

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
