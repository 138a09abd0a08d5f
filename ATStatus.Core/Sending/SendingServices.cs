using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ATStatus.Core.Sending;

/// <summary>Registers what sends.</summary>
public static class SendingServices
{
    /// <summary>
    /// Adds the senders, the address guard and the form's check as singletons. The host registers <see cref="WebhookOptions"/> as a
    /// singleton; it may add <see cref="IInProcessEndpoint"/>s, and its own <see cref="INameResolver"/> or <see cref="TimeProvider"/>
    /// beforehand.
    /// </summary>
    public static IServiceCollection AddSending(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<INameResolver, NameLookups>();
        services.TryAddSingleton(provider => new AddressGuard(provider.GetRequiredService<WebhookOptions>().AllowedNetworks));
        services.TryAddSingleton<OutboundHttp>();
        services.TryAddSingleton<EndpointPolicy>();
        services.TryAddSingleton<OutboundPost>();
        foreach (var kind in DeliverySenders.All)
            services.TryAddEnumerable(ServiceDescriptor.Singleton(typeof(IDeliverySender), kind.Sender));
        return services;
    }
}
