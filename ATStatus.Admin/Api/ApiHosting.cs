using ATStatus.Admin.Api.Access;
using ATStatus.Admin.Api.Http;
using ATStatus.Admin.Api.OpenApi;
using ATStatus.Admin.Hosting.Configuration;
using Microsoft.AspNetCore.Authentication;

namespace ATStatus.Admin.Api;

/// <summary>Adds the REST API to the console.</summary>
internal static class ApiHosting
{
    /// <summary>Adds who may call it, how it reads and writes, and its document.</summary>
    public static IServiceCollection AddApi(this IServiceCollection services, ApiSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton<ApiRateLimits>();
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null);
        services.ConfigureHttpJsonOptions(json => ApiJson.Configured(json.SerializerOptions));
        // What cannot be bound is a problem in JSON like everything else, in every environment.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddApiDocument();
        return services;
    }
}
