using ATStatus.Admin.Api;
using ATStatus.Admin.Api.Events;
using ATStatus.Admin.Api.Http;
using ATStatus.Admin.Components;
using ATStatus.Admin.Features.Access;
using ATStatus.Admin.Features.Audit;
using ATStatus.Admin.Features.Deliveries;
using ATStatus.Admin.Features.Notifications.Transfer;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Admin.Hosting.Configuration;
using ATStatus.Admin.Hosting.Database;
using ATStatus.Admin.Hosting.Http;
using ATStatus.Admin.Hosting.Jobs;
using ATStatus.Admin.Hosting.Telemetry;
using ATStatus.Admin.Hosting.Verbs;
using ATStatus.Core;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Persistence;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ATStatus.Admin.Hosting;

/// <summary>The console's start-up. Several hosts can live in one process, each with a database and jobs of its own.</summary>
internal static partial class AdminHost
{
    private const string ReadyTag = "ready";

    /// <summary>
    /// Puts the console together; nothing is opened or written yet. Start it with <see cref="StartAsync"/>.
    /// </summary>
    /// <param name="args">The command line; settings as <c>--Key:Sub=value</c>.</param>
    /// <param name="configure">Called last, to replace services.</param>
    /// <exception cref="StartRefusedException">The configuration is wrong.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = CreateBuilder(args);
        var settings = AdminSettings.Read(builder.Configuration, builder.Environment);
        builder.Services.AddSingleton(settings);
        AddServices(builder, settings);
        configure?.Invoke(builder);
        var app = builder.Build();
        MapEndpoints(app);
        return app;
    }

    /// <summary>Prepares the database, makes the configured account, starts the services, prints the set-up link.</summary>
    /// <exception cref="StartRefusedException">The database cannot be used, or the account is refused.</exception>
    public static async Task StartAsync(WebApplication app, CancellationToken cancellationToken = default)
    {
        foreach (var (key, warning) in SettingWarnings.Of(app.Services.GetRequiredService<AdminSettings>()))
            LogSetting(app.Logger, key, warning);
        var setup = app.Services.GetRequiredService<SetupLink>();
        string? paused = null;
        await app.Services.GetRequiredService<DatabaseStart>().PrepareAsync(
            async () =>
            {
                await setup.CreateConfiguredAccountAsync(cancellationToken);
                // Before anything could be sent.
                paused = await app.Services.GetRequiredService<StartPause>().DecideAsync(cancellationToken);
            },
            cancellationToken);
        // Only now: cookies are named after the database.
        UsePipeline(app, app.Services.GetRequiredService<AdminSettings>().Hosting);
        app.MapJobsDashboard(app.Services.GetRequiredService<AdminSettings>().Hosting, Policies.Administer);
        await app.StartAsync(cancellationToken);
        app.Services.GetRequiredService<StartProgress>().HasStarted = true;
        if (paused is not null)
            await app.Services.GetRequiredService<StartOutput>().Writer.WriteLineAsync(paused);
        await setup.PrintAsync(app.Urls, cancellationToken);
        if (app.Services.GetRequiredService<StartMode>().OpensBrowser)
            _ = OpenBrowserAsync(app, await setup.AddressToOpenAsync(app.Urls, cancellationToken));
    }

    private static async Task OpenBrowserAsync(WebApplication app, Uri address)
    {
        // The console runs whether a browser opens or not. The line is without the query, which may hold the set-up link's token.
        if (await DesktopBrowser.OpenAsync(address) is { } problem)
            await app.Services.GetRequiredService<StartOutput>().Writer.WriteLineAsync($"Warning: no browser was opened ({problem}). The console is at {address.GetLeftPart(UriPartial.Authority)}{address.AbsolutePath}");
    }

    /// <summary>Runs the verb on the command line, or the console until it is told to stop. Returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        if (await VerbTable.RunAsync(args, Console.Out, Console.Error) is { } code)
            return code;
        var line = CommandLine.Read(args);
        if (line.Problem is { } problem)
        {
            await Console.Error.WriteLineAsync(problem);
            return CommandLine.UsageExitCode;
        }
        WebApplication? app = null;
        try
        {
            app = Build([.. line.Settings], builder => builder.Services.AddSingleton(new StartMode(line.Open)));
            await StartAsync(app);
            await app.WaitForShutdownAsync();
            return 0;
        }
        catch (Exception e) when (!HasStarted(app) && StartFailures.Explain(e, isBuilt: app is not null) is { } refusal)
        {
            if (app is not null)
                await EndAsync(app, e);
            await Console.Error.WriteLineAsync(refusal);
            return 1;
        }
        finally
        {
            if (app is not null)
                await app.DisposeAsync();
        }
    }

    private static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            // Settings are read once. Waiting for their files to change is a watch over the whole content root, data/ included: the
            // system would report each write to the database, and hearing of each costs every delivery processor time.
            Args = ["--hostBuilder:reloadConfigOnChange=false", .. args],
            // Not the process's: a test's process is another program, and assets are found by this name.
            ApplicationName = typeof(AdminHost).Assembly.GetName().Name,
        });
        // Outside Development too: `dotnet run` of a checkout has MudBlazor's files in the package cache. Published, it does nothing.
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.LimitRequestBodies();
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            kestrel.ConfigureEndpointDefaults(endpoint =>
            {
                var connections = endpoint.ApplicationServices.GetRequiredService<OpenConnections>();
                endpoint.Use(next => connection => connections.RunAsync(connection, next));
            });
        });
        ListeningServer.Add(builder.Services);
        // A start that fails is told in one line; the host would log it once more with its stack.
        var progress = new StartProgress();
        builder.Services.AddSingleton(progress);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => level >= LogLevel.Warning && progress.HasStarted);
        // Anybody may ask for the health, and every answer but "healthy" would be a line; what is wrong is logged where it is found.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        return builder;
    }

    /// <summary>What had started by then is stopped in order: services that lose one another under way would log their stacks.</summary>
    private static async Task EndAsync(WebApplication app, Exception refused)
    {
        LogRefused(app.Logger, refused);
        try
        {
            await app.StopAsync();
        }
        catch (Exception e)
        {
            LogRefused(app.Logger, e);
        }
    }

    private static bool HasStarted(WebApplication? app) => app?.Services.GetRequiredService<StartProgress>().HasStarted == true;

    private static void AddServices(WebApplicationBuilder builder, AdminSettings settings)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(new StartOutput(Console.Out));
        services.AddSingleton(new StartMode(OpensBrowser: false));
        services.AddSingleton<StartSteps>();
        services.AddSingleton(ConnectionLimits.Default);
        services.AddSingleton<OpenConnections>();
        services.AddSingleton(DatabasePlace.Of(settings.Database, settings.Hosting.Installation));
        services.AddPersistence(settings.Database);
        services.AddSingleton<DatabaseMigrator>();
        services.AddSingleton<OwnerOnlyFiles>();
        services.AddSingleton<InstanceLock>();
        services.AddSingleton<DatabaseStart>();
        services.AddSingleton<StoredKeys>();
        services.AddHostedService<KeyRenewal>();
        services.AddSignIn(settings.Hosting);
        services.AddExternalSignIn(settings.OpenIdConnect);
        StoredKeys.Protect(services, settings.DataProtection);
        services.AddSingleton<SetupLink>();
        services.AddSingleton(settings.Webhooks);
        services.AddSingleton(new ConsoleAddress(settings.Hosting.PublicUrl));
        services.AddSingleton(settings.Incidents);
        services.AddSingleton(settings.Access);
        services.AddSingleton(settings.Audit);
        services.AddCore();
        services.AddJobs(settings);
        services.AddTelemetry(settings.Telemetry);
        services.AddApi(settings.Api);
        services.AddHealthChecks()
            .AddCheck<DatabaseHealth>(DatabaseHealth.Name, tags: [ReadyTag])
            .AddCheck<JobServersHealth>(JobServersHealth.Name, tags: [ReadyTag]);
        services.AddExceptionHandler<FailureLog>();
        services.AddRazorComponents().AddInteractiveServerComponents()
            // A pasted log must reach its field, which then says that it is too long; the default of 32 KB would cut the circuit. What
            // would be larger than this is refused in the browser (MESSAGE_LIMIT in js/edits.js).
            .AddHubOptions(hub => hub.MaximumReceiveMessageSize = RequestBodyLimits.Circuit);
        services.Configure<CircuitOptions>(options =>
        {
            options.DetailedErrors = builder.Environment.IsDevelopment();
            // A circuit that was kept for a lost connection long enough is gone, and the page says so and puts back what was typed
            // (js/reconnect.js). The framework would put an empty page into its place without a word: nothing of a form is persisted.
            options.PersistedCircuitInMemoryMaxRetained = 0;
        });
        services.AddConsoleUi();
        services.AddOptions<HostOptions>().Configure<ShutdownLimits>((host, limits) => host.ShutdownTimeout = limits.Host);
    }

    private static void UsePipeline(WebApplication app, HostingSettings hosting)
    {
        app.UseApiProblems(hosting);
        app.RefuseWhileStopping();
        app.RefuseUnreadableHosts();
        app.UseProxyAndPathBase(hosting);
        app.UseSecurityHeaders();
        app.RefuseMalformedAddresses();
        if (!app.Environment.IsDevelopment())
        {
            // The failure log has written it, with the reference and without the query.
            app.UseExceptionHandler(new ExceptionHandlerOptions
            {
                ExceptionHandlingPath = "/error",
                CreateScopeForErrors = true,
                SuppressDiagnosticsCallback = _ => true,
            });
        }
        app.UseConsoleStatusCodePages();
        // After the path base: otherwise the framework puts routing first.
        app.UseRouting();
        app.UseApiFailures();
        app.RefuseForeignOrigins(hosting);
        app.UseRequestBodyLimits();
        app.UseAuthentication();
        app.UseApiGate();
        app.UseAuditActor();
        app.Use(next => context => app.Services.GetRequiredService<StrangerPages>().ServeAsync(context, next));
        app.UseAuthorization();
        app.UseIdempotency();
        app.UseAntiforgery();
        app.UseStaleForms();
    }

    private static void MapEndpoints(WebApplication app)
    {
        app.MapStaticAssets().AllowAnonymous();
        app.MapHealthChecks("/healthz/live", new() { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks("/healthz/ready", new() { Predicate = check => check.Tags.Contains(ReadyTag) }).AllowAnonymous();
        app.MapMetrics();
        app.MapApi();
        app.MapNotificationExport();
        app.MapLogExport();
        app.MapAuditExport();
        SessionRenewal.Map(app);
        app.MapPasskeys();
        app.MapExternalSignIn(app.Services.GetRequiredService<AdminSettings>().OpenIdConnect);
        app.MapEventCatalogue();
        app.MapGet("/", (HttpContext context) => Results.LocalRedirect($"{context.Request.PathBase.ToUriComponent()}/admin"));
        // The security headers say who may frame the console; the framework would add a second, looser answer.
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
    }

    private sealed class StartProgress
    {
        public volatile bool HasStarted;
    }

    [LoggerMessage(LogLevel.Warning, "{Key}: {Warning}")]
    private static partial void LogSetting(ILogger logger, string key, string warning);

    [LoggerMessage(LogLevel.Debug, "The start was refused.")]
    private static partial void LogRefused(ILogger logger, Exception e);
}
