using System.Globalization;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.EndToEnd;

/// <summary>
/// The real program saves events without pause and is killed at random moments. In the end what was sent is held against what was
/// saved. <c>ATSTATUS_TEST_CHAOS_KILLS=50</c> makes it the long run that a person starts.
/// </summary>
public sealed class ChaosTests
{
    private const string KillsVariable = "ATSTATUS_TEST_CHAOS_KILLS";

    [Fact]
    public async Task Whatever_moment_it_dies_at_nothing_saved_is_lost_and_only_what_was_in_flight_is_repeated()
    {
        var kills = int.TryParse(Environment.GetEnvironmentVariable(KillsVariable), CultureInfo.InvariantCulture, out var asked) ? asked : 4;
        await using var rig = await ProgramRig.StartAsync();
        var inFlight = 0L;
        for (var kill = 0; kill < kills; kill++)
        {
            using var process = await rig.RunAsync(saving: true);
            await rig.Receiver.WaitForAsync(rig.Receiver.Requests.Count + 5, TimeSpan.FromSeconds(60));
            await Task.Delay(Random.Shared.Next(0, 1500), TestContext.Current.CancellationToken);
            await process.KillAsync();
            inFlight += rig.Count("State = 'Sending'");
        }
        using (await rig.RunAsync(saving: false))
            await Eventually.TrueAsync(() => rig.Count("State <> 'Delivered'") == 0, TimeSpan.FromMinutes(3));

        var (repeats, events, _, _) = await rig.CompareAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{kills} kills, {events} events saved, {rig.Receiver.Requests.Count} requests, {repeats} repeats, {inFlight} in flight at the kills, 0 lost"));
        Assert.InRange(repeats, 0, inFlight);
    }

    [Fact]
    public async Task Told_to_stop_it_lets_sends_in_flight_end_and_repeats_none()
    {
        await using var rig = await ProgramRig.StartAsync();
        for (var stop = 0; stop < 2; stop++)
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
