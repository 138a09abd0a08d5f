using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.EndToEnd;

/// <summary>Of tests beside which no other test runs.</summary>
[CollectionDefinition(nameof(AloneInTheProcess), DisableParallelization = true)]
public sealed class AloneInTheProcess;

/// <summary>
/// What Prometheus and a collector get. Alone, because OpenTelemetry takes meters of one name for one, whichever host of the process they
/// belong to: the end of another test's host would end this one's series.
/// </summary>
[Collection(nameof(AloneInTheProcess))]
public sealed partial class MetricsTextTests
{
    private const string Token = "0123456789abcdef-metrics";
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>What docs/operating.md promises; the names must survive an update of the exporter, whose first release is still to come.</summary>
    private static readonly string[] Promised =
    [
        "atstatus_events_recorded_total{atstatus_event_type=\"incident.created\"}",
        "atstatus_deliveries_settled_total{atstatus_delivery_state=\"delivered\"}",
        "atstatus_attempts_total{atstatus_attempt_outcome=\"success\"}",
        "atstatus_send_duration_seconds_bucket{atstatus_attempt_outcome=\"success\",le=\"10\"}",
        "atstatus_send_duration_seconds_count{atstatus_attempt_outcome=\"success\"}",
        "atstatus_send_duration_seconds_sum{atstatus_attempt_outcome=\"success\"}",
        "atstatus_sends_active", "atstatus_queue_age_seconds{atstatus_hold_reason=\"none\"}",
        "atstatus_deliveries_waiting{atstatus_hold_reason=\"circuit\"}", "atstatus_circuits_open",
        "http_server_request_duration_seconds_count", "dotnet_gc_collections_total",
    ];

    [Fact]
    public async Task A_scraper_with_the_token_gets_what_is_promised_and_nothing_secret()
    {
        await using var receiver = LoopbackReceiver.Start();
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions { Settings = new() { ["Metrics:Token"] = Token } });
        T Get<T>() where T : notnull => app.Services.GetRequiredService<T>();
        await Get<SampleData>().LoadAsync();
        await Get<NotificationService>().CreateAsync(new NotificationInput(
            "webhook", "Private receiver", new(receiver.UrlFor("127.0.0.1", "/path-with-a-token").AbsoluteUri, "whsec_top-secret"),
            new([EventType.IncidentCreated])));
        await Get<IncidentService>().CreateAsync(
            new IncidentInput(1, "Private title", IncidentSeverity.Major, IncidentStatus.Investigating, "m", []), new Actor("op"));
        await receiver.WaitForAsync(1);

        using var scraper = app.CreateClient();
        scraper.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        var text = "";
        await Eventually.TrueAsync(async () =>
        {
            text = await scraper.GetStringAsync("metrics", Stop);
            return text.Contains("atstatus_deliveries_settled_total{", StringComparison.Ordinal) && text.Contains("http_server_request", StringComparison.Ordinal);
        });
        Assert.All(Promised, series => Assert.Matches($"(?m)^{Regex.Escape(series)}(\\{{[^\\n]*\\}})? [0-9.e+-]+", text));
        foreach (var secret in (string[])["Private", "path-with-a-token", "top-secret", Token])
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        // Closed sets: a label that grows with what people type would fill Prometheus.
        var labels = Labels().Matches(text).Where(m => m.Groups["series"].Value.StartsWith("atstatus_", StringComparison.Ordinal))
            .SelectMany(m => LabelNames().Matches(m.Groups["labels"].Value)).Select(m => m.Groups[1].Value).Distinct();
        Assert.Empty(labels.Except(
            ["atstatus_event_type", "atstatus_delivery_state", "atstatus_attempt_outcome", "atstatus_hold_reason", "error_type", "le"]));
    }

    [Fact]
    public async Task A_collector_gets_metrics_and_traces_where_one_is_configured()
    {
        await using var collector = LoopbackReceiver.Start();
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions
        {
            Settings = new()
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.UrlFor("127.0.0.1", "/").AbsoluteUri,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
                ["OTEL_SERVICE_NAME"] = "status-console",
            },
        });
        await app.Services.GetRequiredService<SampleData>().LoadAsync();
        await app.Services.GetRequiredService<ComponentService>().CreateAsync(new ComponentInput(1, "Private part", ComponentStatus.Operational), Stop);

        await Eventually.TrueAsync(() => Got("/v1/metrics", "atstatus.queue.age") && Got("/v1/traces", "atstatus.save.subject"));
        Assert.All(collector.Requests, r => Assert.DoesNotContain("Private part", r.Text, StringComparison.Ordinal));

        bool Got(string path, string what) => collector.Requests.Any(r => r.Path == path
            && r.Text.Contains(what, StringComparison.Ordinal) && r.Text.Contains("status-console", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"(?m)^(?<series>\w+)\{(?<labels>[^}]*)\}")]
    private static partial Regex Labels();

    [GeneratedRegex("(\\w+)=\"")]
    private static partial Regex LabelNames();
}
