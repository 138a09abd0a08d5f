using ATStatus.Admin.Hosting;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Notifications;
using ATStatus.Core.Outbox;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Bench;

/// <summary>How long it takes from the wish to save an incident to the first byte at the receiver, one after the other, idle otherwise.</summary>
internal static class Latency
{
    private const int WarmUp = 50;

    public static async Task<int> RunAsync(int count)
    {
        var folder = Directory.CreateTempSubdirectory("atstatus-bench-").FullName;
        try
        {
            await using var app = AdminHost.Build(
            [
                $"--contentRoot={folder}", "--urls=http://127.0.0.1:0", "--environment=Development",
                "--Logging:LogLevel:Default=Warning", "--Admin:Email=bench@example.com", "--Admin:Password=only for this bench",
            ]);
            await AdminHost.StartAsync(app);
            var services = app.Services;
            await services.GetRequiredService<SampleData>().LoadAsync();
            var page = (await services.GetRequiredService<StatusPageQueries>().PagesAsync())[0].Id;
            await using var receiver = LoopbackReceiver.Start();
            await services.GetRequiredService<NotificationService>().CreateAsync(new NotificationInput(
                "webhook", "Bench", receiver.Url.AbsoluteUri, "s3cret", false, [EventType.IncidentCreated], true, []));
            var incidents = services.GetRequiredService<IncidentService>();

            var toFirstByte = new List<double>(count);
            var saving = new List<double>(count);
            for (var i = 0; i < WarmUp + count; i++)
            {
                var begun = DateTimeOffset.UtcNow;
                await incidents.CreateAsync(
                    new IncidentInput(page, $"Incident {i}", IncidentSeverity.Minor, IncidentStatus.Investigating, "Bench.", []), new Actor("bench"));
                var saved = DateTimeOffset.UtcNow;
                var request = (await receiver.WaitForAsync(i + 1))[i];
                if (i < WarmUp)
                    continue;
                toFirstByte.Add((request.At - begun).TotalMilliseconds);
                saving.Add((saved - begun).TotalMilliseconds);
            }
            await app.StopAsync();
            Print("save begun → first byte", toFirstByte);
            Print("save begun → save returned", saving);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Print(string what, List<double> milliseconds)
    {
        milliseconds.Sort();
        Console.WriteLine(
            $"{what}: n = {milliseconds.Count}, median {At(0.5):F1} ms, 99th percentile {At(0.99):F1} ms, longest {milliseconds[^1]:F1} ms");

        double At(double share) => milliseconds[(int)Math.Ceiling(share * milliseconds.Count) - 1];
    }
}
