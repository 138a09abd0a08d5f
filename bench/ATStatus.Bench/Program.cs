using System.Diagnostics;
using ATStatus.Bench;
using ATStatus.Bench.Browser;

// Measures; asserts nothing. Machines differ and are noisy: read the numbers of one run against each other.
return args.FirstOrDefault() switch
{
    "all" => await AllAsync(),
    "throughput" => await ThroughputAsync(Number(1, 3), Number(2, 10)),
    "fanout" => await Fanout.RunAsync(Number(1, 5_000), Number(2, 5)),
    "slow" => await Slow.RunAsync(Number(1, 30), Number(2, 4), Rest(3)),
    "memory" => await MemoryUse.RunAsync(Number(1, 1_000_000)),
    "peers" => await Peers.RunAsync(Number(1, 3), Number(2, 10)),
    "parts" => args.Length > 1 ? await Parts.RunAsync(new Uri(args[1])) : await Parts.RunAsync(),
    "latency" => await Latency.RunAsync(Number(1, 500), Number(2, 0)),
    "hanging" => await Latency.HangingAsync(Number(1, 300)),
    "strangers" => await Strangers.RunAsync(Number(1, 200)),
    "api" => await ApiCalls.RunAsync(Number(1, 500), Number(2, 5)),
    "log" => await LogBench.RunAsync(Number(1, 1_000_000), Number(2, 100), args.ElementAtOrDefault(3), args.Contains("plans")),
    "pages" => await PageLoads.RunAsync(Number(1, 7)),
    "tour" => await Tour.RunAsync(Number(1, 3), args.ElementAtOrDefault(2)),
    "start" => await StartTime.RunAsync(),
    "receiver" => await ReceiverProcess.RunAsync(),
    "posts" => await Fanout.BarePostsAsync(new Uri(args[1]), Number(2, 5_000)),
    "scenario" => await Throughput.ScenarioAsync(args[1], new Uri(args[2]), Number(3, 10), Number(4, 10)),
    _ => Usage(),
};

static async Task<int> AllAsync()
{
    var watch = Stopwatch.StartNew();
    var rate = await Throughput.RunAsync(rounds: 3, seconds: 8);
    await Latency.RunAsync(500, (int)(rate / 2));
    await Fanout.RunAsync(5_000, rounds: 5);
    await Slow.RunAsync(seconds: 30, savesPerSecond: 4, kinds: []);
    await MemoryUse.RunAsync(100_000);
    await Peers.RunAsync(rounds: 3, seconds: 8);
    await ApiCalls.RunAsync(500, rounds: 5);
    Console.WriteLine($"In all {watch.Elapsed:m\\:ss} minutes.");
    return 0;
}

static async Task<int> ThroughputAsync(int rounds, int seconds)
{
    await Throughput.RunAsync(rounds, seconds);
    return 0;
}

string[] Rest(int from) => args.Length > from ? args[from..] : [];

int Number(int index, int otherwise) =>
    args.Length > index ? int.Parse(args[index], System.Globalization.CultureInfo.InvariantCulture) : otherwise;

static int Usage()
{
    Console.Error.WriteLine("""
        dotnet run -c Release --project bench/ATStatus.Bench -- VERB
        all                                 every ratio, in some twenty minutes
        throughput [ROUNDS] [SECONDS]       the product against baselines that do less, at fan-outs of 50, 5 and 1
        fanout [COUNT] [ROUNDS]             one event for COUNT (5,000) notifications, against as many bare POSTs; its memory
        slow [SECONDS] [SAVES] [KIND ...]   a healthy notification beside 60 slow ones (hang, 2s, 9s, drip), SAVES a second
        memory [COUNT]                      memory after COUNT (1,000,000) deliveries against that after 10,000
        latency [N] [LOAD]                  from an incident's commit to the first byte: idle, at half load, beside saves of 5,000
        peers [ROUNDS] [SECONDS]            the product beside BullMQ on Redis and graphile-worker on PostgreSQL
        parts                               what each part of the product's way costs by itself
        hanging [N]                         latency alone and beside twenty notifications that hang
        strangers [N]                       the same beside wrong passwords; memory that endless posts to /login take
        api [COUNT] [ROUNDS]                POST /api/v1/incidents against the same saves by the service, alone and 8 at once
        log [N] [ROUNDS] [FILE] [plans]     each question of the log over a million deliveries
        pages [ROUNDS]                      each page of the console in Chromium: with one of each thing, and with much
        tour [ROUNDS] [PROGRAM]             clicks, keys and seconds of each task; PROGRAM: ATStatus.Admin.dll of another build
        start                               from 'dotnet run --no-build' to the first page
        receiver                            a receiver alone; prints its URL
        scenario NAME URL [WARMUP] [SECONDS] one scenario of 'throughput' alone, to look at it with a profiler
        """);
    return 2;
}
