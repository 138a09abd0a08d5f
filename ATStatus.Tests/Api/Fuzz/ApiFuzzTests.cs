using System.Text;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Tests.Support;
using CsCheck;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace ATStatus.Tests.Api.Fuzz;

/// <summary>
/// Thousands of generated requests, over every operation of the served document. A failure names the seed, which goes into
/// <c>CsCheck_Seed</c> to see it again.
/// </summary>
public sealed class ApiFuzzTests : ApiTest
{
    private const int Stories = 26;
    private const int Fewest = 5_000;

    protected override ConsoleAppOptions Options => base.Options with
    {
        Settings = new()
        {
            ["Webhooks:AllowedNetworks"] = "127.0.0.0/8",
            ["Webhooks:Timeout"] = "00:00:02",
            ["Api:RequestsPerMinute"] = "never",
        },
        // What the clock starts and ends would be taken for what a refused request has written.
        Configure = builder => builder.Services.Remove(
            builder.Services.Single(s => s.ServiceType == typeof(IHostedService) && s.ImplementationType == typeof(MaintenanceClock))),
    };

    [Fact]
    public async Task No_request_fails_is_answered_otherwise_than_described_or_leaves_half_a_change()
    {
        await using var receiver = LoopbackReceiver.Start();
        await using var db = await Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);
        using var state = new DatabaseState(db, App.DatabaseFile);
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
        };
        using var client = new HttpClient(handler) { BaseAddress = App.Address };
        var figures = new FuzzFigures();
        var ground = new FuzzGround(
            client, Contract, state, Get<IDbContextFactory<AtStatusDbContext>>(), Key,
            await MakeKeyAsync("reader", [.. ApiScopes.All.Where(s => s.StartsWith("read:", StringComparison.Ordinal))]), figures);
        var generator = new FuzzGenerator(Contract.Document, receiver.Url);
        await Gen.Select(generator.Requests, Gen.Int[0, 4]).Array[140, 220].SampleAsync(
            async requests =>
            {
                var story = new FuzzStory(ground);
                try
                {
                    await story.BeginAsync(receiver.Url, Stop);
                    foreach (var (request, chance) in requests)
                        await story.TakeAsync(request, previewFirst: chance == 0, Stop);
                }
                catch
                {
                    // The failure is reported; the next story begins with little.
                    await Record.ExceptionAsync(() => story.EndAsync(Stop));
                    throw;
                }
                await story.EndAsync(Stop);
            },
            iter: Stories, threads: 1, print: requests => $"{requests.Length} requests");
        TestContext.Current.TestOutputHelper?.WriteLine(figures.ToString());
        Assert.True(figures.Requests >= Fewest, $"{figures}");
        Assert.Equal(Contract.OperationIds.Order(), figures.Reached.Order());
    }
}
