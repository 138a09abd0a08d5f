using System.Globalization;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.EndToEnd;

/// <summary>
/// The real program saves events without pause and is killed at random moments, some of them while an event goes out to a thousand notifications. In the
/// end what was sent is held against what was saved. <c>ATSTATUS_TEST_CHAOS_KILLS=50</c> makes it the long run that a person starts.
/// </summary>
public sealed class ChaosTests
{
    private const string KillsVariable = "ATSTATUS_TEST_CHAOS_KILLS";

    /// <summary>How many notifications get an event of which there is one before every fifth kill.</summary>
    private const int Many = 1_000;

    private static int Asked =>
        int.TryParse(Environment.GetEnvironmentVariable(KillsVariable), CultureInfo.InvariantCulture, out var asked) ? asked : 0;

    [Fact]
    public async Task Whatever_moment_it_dies_at_nothing_saved_is_lost_and_only_what_was_in_flight_is_repeated()
    {
        var kills = Asked > 0 ? Asked : 3;
        await using var rig = await ProgramRig.StartAsync(more: Many);
        var log = new KillLog(rig.Receiver, ProgramRig.Fails, rig.ConnectionString);
        var (inFlight, mostInFlight, large) = (0, 0, 0);
        for (var kill = 0; kill < kills || large == 0; kill++)
        {
            var isLarge = kill % 5 == 1 || kill >= kills;
            if (isLarge)
                rig.SaveLarge();
            using var process = await rig.RunAsync(saving: true);
            await rig.Receiver.WaitForAsync(rig.Receiver.Requests.Count + (isLarge ? Random.Shared.Next(50, 500) : 5), TimeSpan.FromSeconds(60));
            if (!isLarge)
                await Task.Delay(Random.Shared.Next(0, 1500), TestContext.Current.CancellationToken);
            await process.KillAsync();
            await log.NoteAsync();
            Assert.InRange(log.InFlight, 0, KillLog.Bound(ProgramRig.Workers));
            (inFlight, mostInFlight) = (inFlight + log.InFlight, Math.Max(mostInFlight, log.InFlight));
            // Some of it has gone out, and most of it has not.
            large += isLarge && rig.CountLarge("State = 'Delivered'") > 0 && rig.CountLarge("State = 'Pending'") > Many / 4 ? 1 : 0;
            Assert.True(kill < kills + 5, "The event for a thousand notifications was never in flight at a kill.");
        }
        using (await rig.RunAsync(saving: false))
            await Eventually.TrueAsync(() => rig.Count("State <> 'Delivered'") == 0, TimeSpan.FromMinutes(3));

        var (unrecorded, events, _, _) = await rig.CompareAsync();
        var repeats = log.Repeats();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{repeats.Count} kills, {large} of them with an event for {Many} in flight, {events} events saved, {rig.Receiver.Requests.Count} requests, {repeats.Sum()} repeats "
            + $"(at most {repeats.Max()} for a kill), {inFlight} in flight at the kills (at most {mostInFlight}), 0 lost"));
        Assert.All(repeats, count => Assert.InRange(count, 0, KillLog.Bound(ProgramRig.Workers)));
        Assert.InRange(unrecorded, 0, inFlight);
    }

    [Fact]
    public async Task Told_to_stop_it_lets_sends_in_flight_end_and_repeats_none()
    {
        await using var rig = await ProgramRig.StartAsync();
        for (var stop = 0; stop <= Asked / 10; stop++)
        {
            using var process = await rig.RunAsync(saving: true);
            await rig.Receiver.WaitForAsync(rig.Receiver.Requests.Count + 5, TimeSpan.FromSeconds(60));
            Assert.Equal(0, await process.TerminateAsync(TimeSpan.FromSeconds(25)));
            Assert.Equal(0, rig.Count("State = 'Sending'"));
        }
        using (await rig.RunAsync(saving: false))
            await Eventually.TrueAsync(() => rig.Count("State <> 'Delivered'") == 0, TimeSpan.FromMinutes(2));
        Assert.Equal(0, (await rig.CompareAsync()).Repeats);
    }
}
