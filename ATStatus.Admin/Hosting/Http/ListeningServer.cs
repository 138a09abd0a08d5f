using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ATStatus.Admin.Hosting.Http;

/// <summary>Kestrel, of which a start that fails is told in one line: what it listens on, and with which certificate, is configured.</summary>
internal sealed class ListeningServer(IServer kestrel) : IServer
{
    /// <inheritdoc/>
    public IFeatureCollection Features => kestrel.Features;

    /// <summary>Puts itself before the server that is registered.</summary>
    public static void Add(IServiceCollection services)
    {
        var registered = services.Last(service => service.ServiceType == typeof(IServer));
        services.Replace(ServiceDescriptor.Singleton<IServer>(provider =>
            new ListeningServer((IServer)ActivatorUtilities.CreateInstance(provider, registered.ImplementationType!))));
    }

    /// <inheritdoc/>
    public async Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        try
        {
            await kestrel.StartAsync(application, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new StartRefusedException(Explain(e), e);
        }
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => kestrel.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => kestrel.Dispose();

    private static string Explain(Exception failure) => failure switch
    {
        // Kestrel: "Failed to bind to address http://…: address already in use."
        IOException { InnerException: AddressInUseException } => $"{failure.Message} Choose another with --urls.",
        SocketException { SocketErrorCode: SocketError.AccessDenied } => "The address in urls cannot be bound: access is denied. Choose another with --urls.",
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } => "The address in urls is none of this machine's. Choose another with --urls.",
        InvalidOperationException when failure.Message.Contains("certificate", StringComparison.OrdinalIgnoreCase) =>
            "An https:// address in urls needs a certificate: set Kestrel:Certificates:Default:Path (and :KeyPath or :Password), or listen on http:// behind a reverse proxy.",
        CryptographicException => "The certificate of Kestrel:Certificates or Kestrel:Endpoints cannot be opened: it is no certificate file, or its password is wrong.",
        FileNotFoundException or DirectoryNotFoundException => $"The certificate of Kestrel:Certificates or Kestrel:Endpoints is missing: {failure.Message}",
        _ => $"The addresses in urls, or Kestrel's own settings, cannot be used: {failure.Message}",
    };
}
