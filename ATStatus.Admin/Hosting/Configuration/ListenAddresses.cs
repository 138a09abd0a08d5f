namespace ATStatus.Admin.Hosting.Configuration;

/// <summary>The addresses to listen on (<c>urls</c>): Kestrel's own complaint about a wrong one is a stack trace.</summary>
internal static class ListenAddresses
{
    /// <summary>The addresses that are configured.</summary>
    public static string[] Of(IConfiguration configuration) =>
        (configuration[WebHostDefaults.ServerUrlsKey] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Checks what <c>--urls</c> or <c>ASPNETCORE_URLS</c> holds.</summary>
    public static void Check(IConfiguration configuration)
    {
        foreach (var url in Of(configuration))
        {
            try
            {
                if (BindingAddress.Parse(url).Scheme is "http" or "https")
                    continue;
            }
            catch (FormatException)
            {
            }
            throw new StartRefusedException($"urls takes addresses such as http://localhost:5000, separated by ';'; it has '{url}'.");
        }
    }
}
