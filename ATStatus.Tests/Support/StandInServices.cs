using System.Net;
using System.Security.Cryptography.X509Certificates;
using ATStatus.Core.Sending;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Support;

/// <summary>
/// Chat services that stand in for the real ones: a TLS server on loopback that a test's resolver gives out as each of their hosts, with a
/// certificate for all of them. The sender under test knows nothing of it: it sends to the service's own name, through its own guard.
/// </summary>
public sealed class StandInServices : IAsyncDisposable
{
    public const string Discord = "discord.com";
    public const string Slack = "hooks.slack.com";
    public const string Teams = "default0.00.environment.api.powerplatform.com";

    private readonly X509Certificate2 _certificate = LoopbackReceiver.SelfSigned(null, Discord, Slack, Teams);

    public StandInServices(params ScriptedResponse[] script)
    {
        Receiver = LoopbackReceiver.StartTls(_certificate, script);
        Trust.CustomTrustStore.Add(_certificate);
    }

    /// <summary>What it received.</summary>
    public LoopbackReceiver Receiver { get; }

    /// <summary>Trusts its certificate and no other.</summary>
    public X509ChainPolicy Trust { get; } = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };

    /// <summary>A webhook's URL as Discord gives it out.</summary>
    public static string DiscordUrl => UrlFor(Discord, "/api/webhooks/223704706495545344/3d89bb7572e0fb30d8128367b3b1b44fecd1726de135cbe28a41");

    /// <summary>An incoming webhook's URL as Slack gives it out.</summary>
    public static string SlackUrl => UrlFor(Slack, "/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX");

    /// <summary>A workflow's URL as Teams gives it out.</summary>
    public static string TeamsUrl => UrlFor(
        Teams, "/powerautomate/automations/direct/workflows/86ffea63/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=tFs9LpcdsN1pG3OGt8lUzSvoT9b3");

    /// <summary>The URL of a kind.</summary>
    public static string UrlOf(string kind) => kind switch { "discord" => DiscordUrl, "slack" => SlackUrl, _ => TeamsUrl };

    /// <summary>Lets an app find the services here and trust their certificate. Loopback must be among its allowed networks.</summary>
    public void Register(IServiceCollection services)
    {
        services.AddSingleton<INameResolver>(new LoopbackResolver());
        services.AddSingleton(provider => new OutboundHttp(
            provider.GetRequiredService<AddressGuard>(), provider.GetRequiredService<INameResolver>(),
            provider.GetServices<IInProcessEndpoint>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<WebhookOptions>(), Trust)
        {
            HttpsPort = Receiver.Port,
        });
    }

    public async ValueTask DisposeAsync()
    {
        await Receiver.DisposeAsync();
        _certificate.Dispose();
    }

    // None of the services gives out URLs with a port; the app dials this server's for https's own.
    private static string UrlFor(string host, string path) => $"https://{host}{path}";

    private sealed class LoopbackResolver : INameResolver
    {
        public Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<IPAddress>>([IPAddress.Loopback]);
    }
}
