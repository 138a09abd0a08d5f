using System.Globalization;
using ATStatus.Admin.Features.Access;
using ATStatus.Admin.Hosting.Configuration;
using ATStatus.Admin.Hosting.Database;
using ATStatus.Core.Access;
using ATStatus.Core.Access.Audit;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;

namespace ATStatus.Admin.Hosting.Verbs;

/// <summary>
/// What whoever has the machine can do about accounts, beside a running console: sessions that a verb ends are noticed by it within seconds.
/// </summary>
internal static class AccountVerbs
{
    /// <summary><c>--reset-password EMAIL</c>: lets somebody back in who has lost the password, or whom strangers keep out.</summary>
    public static Task<string> ResetPasswordAsync(VerbCall call) => OfUserAsync(call, async (app, services, user) =>
    {
        var settings = app.Services.GetRequiredService<AdminSettings>();
        var token = services.GetRequiredService<PasswordResets>().Create(user);
        var address = settings.Hosting.PublicUrl?.AbsoluteUri.TrimEnd('/') ?? SetupLink.Reachable(ListenAddresses.Of(app.Configuration)) + settings.Hosting.PathBase;
        await services.GetRequiredService<AuditRecorder>().RecordAsync(AuditAction.PasswordLinkCreated, AuditObject.User, user.Id.ToString(), user.Email ?? "");
        return $"Set a new password for {user.Email} at {address}/reset-password?token={Uri.EscapeDataString(token)}{Environment.NewLine}(good for one hour, once)";
    });

    /// <summary><c>--reset-second-factor EMAIL</c>: acts at once.</summary>
    public static Task<string> ResetSecondFactorAsync(VerbCall call) => OfUserAsync(call, async (_, services, user) =>
    {
        await services.GetRequiredService<AccountService>().ResetSecondFactorAsync(user.Id);
        return $"{user.Email} has no authenticator, recovery codes or passkeys any more, and is signed out.";
    });

    /// <summary><c>--make-admin EMAIL</c>: for when nobody who could do it in the console is there.</summary>
    public static Task<string> MakeAdminAsync(VerbCall call) => OfUserAsync(call, async (_, services, user) =>
    {
        await services.GetRequiredService<AccountService>().MakeAdminAsync(user.Id);
        return $"{user.Email} is an Admin and switched on.";
    });

    /// <summary><c>--list-users</c>: a line each, tab-separated: email, role, on or off.</summary>
    public static Task<string> ListAsync(VerbCall call) => OnDatabaseAsync(call, async (_, services) => string.Join(
        Environment.NewLine,
        (await services.GetRequiredService<AccountQueries>().ListAsync()).Select(account => string.Create(
            CultureInfo.InvariantCulture, $"{account.Email}\t{account.Role ?? Roles.Viewer}\t{(account.IsOn ? "on" : "off")}"))));

    private static Task<string> OfUserAsync(VerbCall call, Func<WebApplication, IServiceProvider, User, Task<string>> act) => OnDatabaseAsync(call, async (app, services) =>
    {
        var email = call.Argument.Trim();
        var user = await services.GetRequiredService<UserManager<User>>().FindByNameAsync(email)
            ?? throw new StartRefusedException($"There is no account with the email address {email}.");
        return await act(app, services, user);
    });

    /// <exception cref="StartRefusedException">There is no such account, or no database of this version.</exception>
    internal static async Task<string> OnDatabaseAsync(VerbCall call, Func<WebApplication, IServiceProvider, Task<string>> act)
    {
        await using var app = AdminHost.Build(call.Settings, builder =>
        {
            builder.Logging.ClearProviders();
            // A key that is made here could not be read by the console, which then refuses the link.
            builder.Services.Configure<KeyManagementOptions>(keys => keys.AutoGenerateKeys = false);
        });
        return await app.Services.GetRequiredService<DatabaseStart>().UseAsync(async () =>
        {
            using var actor = AuditActor.Use(AuditActor.CommandLine);
            await using var scope = app.Services.CreateAsyncScope();
            return await act(app, scope.ServiceProvider);
        });
    }
}
