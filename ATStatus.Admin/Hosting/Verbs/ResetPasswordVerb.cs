using ATStatus.Admin.Features.Access;
using ATStatus.Admin.Hosting.Configuration;
using ATStatus.Admin.Hosting.Database;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;

namespace ATStatus.Admin.Hosting.Verbs;

/// <summary><c>--reset-password EMAIL</c>: lets somebody back in who has lost the password, or whom strangers keep out.</summary>
internal static class ResetPasswordVerb
{
    /// <summary>Makes the link.</summary>
    /// <exception cref="StartRefusedException">There is no such account, or no database of this version.</exception>
    public static async Task<string> RunAsync(VerbCall call)
    {
        await using var app = AdminHost.Build(call.Settings, builder =>
        {
            builder.Logging.ClearProviders();
            // A key that is made here could not be read by the console, which then refuses the link.
            builder.Services.Configure<KeyManagementOptions>(keys => keys.AutoGenerateKeys = false);
        });
        var settings = app.Services.GetRequiredService<AdminSettings>();
        return await app.Services.GetRequiredService<DatabaseStart>().UseAsync(async () =>
        {
            await using var scope = app.Services.CreateAsyncScope();
            var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
            var email = call.Argument.Trim();
            var user = await users.FindByNameAsync(email) ?? throw new StartRefusedException($"There is no account with the email address {email}.");
            var token = scope.ServiceProvider.GetRequiredService<PasswordResets>().Create(user);
            var address = settings.Hosting.PublicUrl?.AbsoluteUri.TrimEnd('/') ?? SetupLink.Reachable(ListenAddresses.Of(app.Configuration)) + settings.Hosting.PathBase;
            return $"Set a new password for {user.Email} at {address}/reset-password?token={Uri.EscapeDataString(token)}{Environment.NewLine}(good for one hour, once)";
        });
    }
}
