using System.Diagnostics;
using ATStatus.Bench;

// Measures; asserts nothing. Machines differ and are noisy: read the numbers of one run against each other.
return args.FirstOrDefault() switch
{
    "all" => await AllAsync(),
    "throughput" => await ThroughputAsync(Number(1, 3), Number(2, 10)),
    "parts" => args.Length > 1 ? await Parts.RunAsync(new Uri(args[1])) : await Parts.RunAsync(),
    "latency" => await Latency.RunAsync(Number(1, 500), Number(2, 500)),
    "hanging" => await Latency.HangingAsync(Number(1, 300)),
    "strangers" => await Strangers.RunAsync(Number(1, 200)),
    "log" => await LogBench.RunAsync(Number(1, 1_000_000), Number(2, 100), args.ElementAtOrDefault(3), args.Contains("plans")),
    "shapes" => await ATStatus.Bench.Sketch.SketchShapes.RunAsync(),
    "sketch" => await SketchAsync(),
    "start" => await StartTime.RunAsync(),
    "receiver" => await ReceiverAsync(),
    "way" => await Throughput.WayAsync(args[1], new Uri(args[2]), Number(3, 10), Number(4, 10)),
    _ => Usage(),
};

static async Task<int> AllAsync()
{
    var watch = Stopwatch.StartNew();
    var rate = await Throughput.RunAsync(rounds: 3, seconds: 8);
    await Latency.RunAsync(500, (int)(rate / 2));
    await Latency.HangingAsync(300);
    Console.WriteLine($"In all {watch.Elapsed:m\\:ss} minutes.");
    return 0;
}

async Task<int> SketchAsync()
{
    await Throughput.RunSketchAsync(Number(1, 2), Number(2, 4), args[3..]);
    return 0;
}

static async Task<int> ThroughputAsync(int rounds, int seconds)
{
    await Throughput.RunAsync(rounds, seconds);
    return 0;
}

static async Task<int> ReceiverAsync()
{
    using var receiver = new BareReceiver();
    Console.WriteLine(receiver.Url);
    await Task.Delay(Timeout.Infinite);
    return 0;
}

int Number(int index, int otherwise) =>
    args.Length > index ? int.Parse(args[index], System.Globalization.CultureInfo.InvariantCulture) : otherwise;

static int Usage()
{
    Console.Error.WriteLine("""
        dotnet run -c Release --project bench/ATStatus.Bench -- VERB
        all                                 every ratio, in some eight minutes
        throughput [ROUNDS] [SECONDS]       the whole way against ways that do less
        parts                               what each part of the whole way costs by itself
        latency [N] [LOAD]                  from saving an incident to the first byte, idle and beside LOAD deliveries a second
        hanging [N]                         the same, alone and beside twenty notifications that hang
        strangers [N]                       the same beside wrong passwords; memory that endless posts to /login take
        log [N] [ROUNDS] [FILE] [plans]     each question of the log over a million deliveries
        start                               from 'dotnet run --no-build' to the first page
        receiver                            a receiver alone; prints its URL
        way NAME URL [WARMUP] [SECONDS]     one of the ways of 'throughput' alone, to look at it with a profiler
        """);
    return 2;
}
