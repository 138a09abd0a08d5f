using ATStatus.Bench;

// Measures; asserts nothing. Machines differ and are noisy: read the numbers of one run against each other.
return args.FirstOrDefault() switch
{
    "latency" => await Latency.RunAsync(args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 500),
    "start" => await StartTime.RunAsync(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        dotnet run -c Release --project bench/ATStatus.Bench -- latency [N]   from saving an incident to the first byte at a loopback receiver
        dotnet run -c Release --project bench/ATStatus.Bench -- start         from 'dotnet run --no-build' to the first page
        """);
    return 2;
}
