using ATStatus.Admin.Hosting.Access;
using ATStatus.Admin.Hosting.Configuration;
using ATStatus.Core.Deliveries.Telemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ATStatus.Admin.Hosting.Telemetry;

/// <summary>
/// Brings what the console measures to those who watch it: as a page for Prometheus, and to a collector where one is configured
/// (decision 8). Traces are made only for a collector; without one nobody listens, and they cost nothing.
/// </summary>
internal static class TelemetryHosting
{
    /// <summary>Where Prometheus scrapes.</summary>
    public const string Path = "/metrics";

    /// <summary>
    /// The console's own, the runtime's and the web server's. Not those of outgoing HTTP: their tags name the receivers' hosts.
    /// </summary>
    private static readonly string[] MeterNames = [DeliveryMetrics.Name, "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    /// <summary>Adds the meters, and what reads them and the traces.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, TelemetrySettings settings)
    {
        var telemetry = services.AddOpenTelemetry()
            // What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say comes last and wins.
            .ConfigureResource(resource => resource.AddService("ATStatus", serviceVersion: ProgramVersion.Number).AddEnvironmentVariableDetector())
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(MeterNames).AddPrometheusExporter(options => options.ScopeInfoEnabled = false);
                if (settings.ExportsMetrics)
                    metrics.AddOtlpExporter();
            });
        if (settings.ExportsTraces)
            telemetry.WithTracing(tracing => tracing.AddSource(DeliveryTracing.Name).AddOtlpExporter());
        // The instruments are there from the start, not from the first delivery on.
        services.ConfigureOpenTelemetryMeterProvider((provider, _) => provider.GetRequiredService<DeliveryMetrics>());
        services.AddAuthentication().AddScheme<MetricsAuthenticationOptions, MetricsAuthentication>(
            MetricsAuthentication.SchemeName, options => options.Token = settings.MetricsToken);
        services.AddAuthorizationBuilder().AddPolicy(Policies.Metrics, MetricsAuthentication.Allow);
        return services;
    }

    /// <summary>Maps the page for Prometheus.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPrometheusScrapingEndpoint(Path).RequireAuthorization(Policies.Metrics);
}
