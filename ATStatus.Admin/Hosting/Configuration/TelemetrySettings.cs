namespace ATStatus.Admin.Hosting.Configuration;

/// <summary>
/// The key <c>Metrics:Token</c>, and whether OpenTelemetry's own keys name a collector. How it is reached (protocol, headers, intervals) the
/// SDK reads from its keys itself.
/// </summary>
/// <param name="MetricsToken">What a scraper shows; null where only administrators may read the metrics.</param>
/// <param name="ExportsMetrics">Metrics are sent to a collector.</param>
/// <param name="ExportsTraces">Traces are sent to a collector.</param>
internal sealed record TelemetrySettings(string? MetricsToken, bool ExportsMetrics, bool ExportsTraces)
{
    private const int ShortestToken = 16;
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string MetricsEndpoint = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";
    private const string TracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

    /// <summary>Reads and checks the keys. No message shows a token, or an address, which can hold one.</summary>
    public static TelemetrySettings Read(IConfiguration configuration)
    {
        var section = new SettingsSection(configuration, "Metrics", "Token");
        var token = section.Text("Token");
        if (token is not null && (token.Length < ShortestToken || !token.All(IsOfToken)))
            throw new StartRefusedException(
                $"Metrics:Token takes at least {ShortestToken} characters, of letters, digits and -._~+/=, such as 'openssl rand -hex 32' prints.");
        var both = HasUrl(configuration, Endpoint);
        return new TelemetrySettings(token, HasUrl(configuration, MetricsEndpoint) || both, HasUrl(configuration, TracesEndpoint) || both);
    }

    private static bool HasUrl(IConfiguration configuration, string key)
    {
        if (configuration[key] is not { } text || string.IsNullOrWhiteSpace(text))
            return false;
        // The SDK would log a wrong one where nobody looks, and send to its default address.
        return Uri.TryCreate(text.Trim(), UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            ? true
            : throw new StartRefusedException($"{key} takes the URL of a collector such as http://localhost:4317.");
    }

    /// <summary>What a bearer token is made of (RFC 6750, section 2.1).</summary>
    private static bool IsOfToken(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' or '+' or '/' or '=';

    /// <summary>Never with the token.</summary>
    public override string ToString() => nameof(TelemetrySettings);
}
