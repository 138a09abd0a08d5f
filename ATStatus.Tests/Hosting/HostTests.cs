using System.Net;
using ATStatus.Admin.Hosting;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Admin.Hosting.Jobs;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;
using Hangfire;
using Hangfire.Common;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ATStatus.Tests.Hosting;

public sealed class HostTests(SharedConsole shared)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_tells_its_state_and_nothing_else()
    {
        var app = await shared.AppAsync();
        using var stranger = app.CreateClient();
        Assert.Equal("Healthy", await stranger.GetStringAsync("healthz/live", Stop));
        Assert.Equal("Healthy", await stranger.GetStringAsync("healthz/ready", Stop));
    }

    [Fact]
    public async Task A_database_that_lacks_a_migration_is_alive_and_not_ready()
    {
        await using var app = await ConsoleApp.StartAsync();
        await using (var db = await app.Services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop))
            await db.Database.ExecuteSqlRawAsync("DELETE FROM \"__EFMigrationsHistory\"", Stop);
        await app.Services.GetRequiredService<DatabaseWritability>().LookAsync();
        using var client = app.CreateClient();
        using var ready = await client.GetAsync("healthz/ready", Stop);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Equal("Unhealthy", await ready.Content.ReadAsStringAsync(Stop));
        Assert.Equal("Healthy", await client.GetStringAsync("healthz/live", Stop));
    }

    [Fact]
    public async Task What_comes_while_it_stops_is_refused_so_that_no_page_keeps_it_from_stopping()
    {
        await using var console = await ConsoleApp.StartAsync();
        using var client = console.CreateClient();
        HttpStatusCode? answer = null;
        console.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(
            () => answer = client.GetAsync(new Uri("healthz/live", UriKind.Relative), Stop).GetAwaiter().GetResult().StatusCode);

        await console.StopAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer);
    }

    [Fact]
    public async Task No_folder_is_watched_that_the_database_is_written_to()
    {
        var watched = new List<string?>();
        await using var app = AdminHost.Build([], builder => watched.AddRange(
            ((IConfigurationBuilder)builder.Configuration).Sources.OfType<FileConfigurationSource>().Where(s => s.ReloadOnChange).Select(s => s.Path)));
        Assert.Empty(watched);
    }

    [Fact]
    public async Task An_unexpected_failure_shows_a_reference_that_the_log_has_and_no_exception()
    {
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions
        {
            Environment = Environments.Production,
            Map = host => host.MapGet("/boom", IResult () => throw new InvalidOperationException("the inner workings")).AllowAnonymous(),
        });
        using var client = app.CreateClient();
        using var response = await client.GetAsync("boom?token=secret-token", Stop);
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        var page = await response.Content.ReadAsStringAsync(Stop);
        Assert.DoesNotContain("the inner workings", page, StringComparison.Ordinal);
        var reference = page.Split("<code>")[1].Split("</code>")[0];
        Assert.Single(app.Logs, line => line.Contains(reference, StringComparison.Ordinal) && line.Contains("the inner workings", StringComparison.Ordinal));
        Assert.DoesNotContain(app.Logs, line => line.Contains("secret-token", StringComparison.Ordinal));
        Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
    }

    [Fact]
    public async Task Two_hosts_of_one_process_share_no_jobs()
    {
        await using var first = await ConsoleApp.StartAsync();
        var second = await ConsoleApp.StartAsync();
        await using (second)
        {
            var id = first.Services.GetRequiredService<IBackgroundJobClient>().Schedule<DeliveryJob>(job => job.RunAsync(1), TimeSpan.FromDays(1));
            Assert.NotNull(first.Services.GetRequiredService<JobStorage>().GetMonitoringApi().JobDetails(id));
            Assert.Equal(0, second.Services.GetRequiredService<JobStorage>().GetMonitoringApi().ScheduledCount());
        }
        // The other host, whose log Hangfire uses, is gone; this one still runs jobs, and ends one without a delivery.
        var ran = first.Services.GetRequiredService<IBackgroundJobClient>().Create(Job.FromExpression<DeliveryJob>(job => job.RunAsync(4711)), new Hangfire.States.EnqueuedState(QueueNames.Own));
        var monitoring = first.Services.GetRequiredService<JobStorage>().GetMonitoringApi();
        await Eventually.TrueAsync(() => monitoring.JobDetails(ran).History[0].StateName == "Deleted");
    }

    [Fact]
    public async Task Only_the_console_s_own_filters_judge_a_job()
    {
        var app = await shared.AppAsync();
        var filters = app.Services.GetRequiredService<IJobFilterProvider>().GetFilters(Job.FromExpression<DeliveryJob>(job => job.RunAsync(1)));
        Assert.Contains(filters, f => f.Instance is DeliveryJobStates);
        Assert.DoesNotContain(filters, f => f.Instance is AutomaticRetryAttribute);
    }

    [Fact]
    public async Task Circuits_ask_again_whether_their_user_may_stay()
    {
        var app = await shared.AppAsync();
        await using var scope = app.Services.CreateAsyncScope();
        Assert.IsType<CircuitAuthentication>(scope.ServiceProvider.GetRequiredService<AuthenticationStateProvider>());
    }

    [Fact]
    public async Task Events_and_own_jobs_have_servers_and_workers_of_their_own()
    {
        var app = await shared.AppAsync();
        var monitoring = app.Services.GetRequiredService<JobStorage>().GetMonitoringApi();
        await Eventually.TrueAsync(() => monitoring.Servers().Count == 2);
        var servers = monitoring.Servers().ToDictionary(s => string.Join(' ', s.Queues.Order()), s => s.WorkersCount);
        Assert.Equal(4, servers[QueueNames.Events]);
        Assert.Equal(10, servers[$"{QueueNames.Own} {QueueNames.Retries}"]);
    }

    [Fact]
    public async Task Each_limit_of_a_shutdown_exceeds_the_one_before()
    {
        var app = await shared.AppAsync();
        var limits = app.Services.GetRequiredService<ShutdownLimits>();
        Assert.True(app.Services.GetRequiredService<WebhookOptions>().Timeout < limits.CancelJobs);
        Assert.True(limits.CancelJobs < limits.AbandonJobs);
        Assert.True(limits.AbandonJobs < limits.Host);
        Assert.Equal(limits.Host, app.Services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout);
    }

    [Theory]
    [InlineData("http://0.0.0.0:5000", "http://localhost:5000")]
    [InlineData("http://[::]:8080", "http://localhost:8080")]
    [InlineData("http://127.0.0.1:81", "http://127.0.0.1:81")]
    [InlineData("https://[::1]:443", "https://[::1]:443")]
    public void The_set_up_link_has_an_address_that_can_be_opened(string bound, string shown) => Assert.Equal(shown, SetupLink.Reachable([bound]));
}
