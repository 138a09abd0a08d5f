using System.Net;
using System.Text.RegularExpressions;
using ATStatus.Admin.Hosting.Jobs;
using ATStatus.Core.Deliveries;
using ATStatus.Tests.Support;
using Hangfire;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Access;

public sealed class DashboardTests(SharedConsole shared)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Administrators_get_in_strangers_are_sent_to_sign_in_others_get_403()
    {
        var app = await shared.AppAsync();
        using var stranger = app.CreateClient();
        using (var response = await stranger.GetAsync("hangfire/jobs/enqueued", Stop))
            Assert.Equal("/login?returnUrl=%2Fhangfire%2Fjobs%2Fenqueued", response.Headers.Location!.OriginalString);

        await app.AddUserAsync("reader@example.com");
        using var reader = await app.SignedInAsync("reader@example.com");
        using (var response = await reader.GetAsync("hangfire", Stop))
        {
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
            Assert.Contains("No access", await response.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        }

        using var admin = await app.SignedInAsync();
        var page = await admin.GetStringAsync("hangfire", Stop);
        Assert.Contains("ATStatus jobs", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/admin\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_jobs_page_leads_into_the_log_below_the_consoles_own_path()
    {
        Assert.Contains("href=\"/ops/admin/deliveries/7\"", JobLinks.Html(DeliveryJob.For(7), "/ops/admin"), StringComparison.Ordinal);
        Assert.Contains("href=\"/ops/admin/events/7\"", JobLinks.Html(EventJob.For(7), "/ops/admin"), StringComparison.Ordinal);
        Assert.Null(JobLinks.Html(null, "/ops/admin"));
    }

    [Fact]
    public async Task Jobs_are_named_after_their_delivery_and_requeue_goes_through_the_console_s_own_filter()
    {
        var app = await shared.AppAsync();
        using var admin = await app.SignedInAsync();
        var jobs = app.Services.GetRequiredService<IBackgroundJobClient>();
        var id = jobs.Schedule<DeliveryJob>(job => job.RunAsync(4711), TimeSpan.FromDays(1));
        Assert.Contains("Deliver #4711", await admin.GetStringAsync("hangfire/jobs/scheduled", Stop), StringComparison.Ordinal);

        // Its page leads to the log; and it is dark where the system is.
        var page = await admin.GetStringAsync($"hangfire/jobs/details/{id}", Stop);
        Assert.Contains("<a href=\"/admin/deliveries/4711\">delivery #4711 in the log</a>", page, StringComparison.Ordinal);
        var dark = Regex.Match(page, "<link[^>]+href=\"(/hangfire/css-dark[^\"]+)\"").Groups[1].Value;
        Assert.Contains("@media (prefers-color-scheme: dark)", await admin.GetStringAsync(dark, Stop), StringComparison.Ordinal);

        // There is no such delivery: the filter ends the job instead of queueing it again.
        Assert.True(jobs.Delete(id));
        jobs.Requeue(id);
        var details = app.Services.GetRequiredService<JobStorage>().GetMonitoringApi().JobDetails(id);
        Assert.Equal("Deleted", details.History[0].StateName);
        Assert.Equal("There is no such delivery any more.", details.History[0].Reason);
    }
}
