using ATStatus.Bench;

// Measures; asserts nothing. Machines differ and are noisy: read the numbers of one run against each other.
return args.FirstOrDefault() switch
{
    "latency" => await Latency.RunAsync(Number(1, 500), Number(2, 500)),
    "hanging" => await Latency.HangingAsync(Number(1, 300)),
    "start" => await StartTime.RunAsync(),
    "throughput" => await Throughput.RunAsync(Number(1, 5000), Number(2, 3)),
    "receiver" => await ReceiverAsync(),
    "way" => await Throughput.WayAsync(args[1], new Uri(args[2]), Number(3, 1000)),
    _ => Usage(),
};

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
        dotnet run -c Release --project bench/ATStatus.Bench -- latency [N] [LOAD]   from saving an incident to the first byte, idle and beside LOAD deliveries a second
        dotnet run -c Release --project bench/ATStatus.Bench -- hanging [N]   the same, alone and beside twenty notifications that hang
        dotnet run -c Release --project bench/ATStatus.Bench -- throughput [DELIVERIES] [ROUNDS]   the whole way against ways that do less
        dotnet run -c Release --project bench/ATStatus.Bench -- start         from 'dotnet run --no-build' to the first page
        """);
    return 2;
}
