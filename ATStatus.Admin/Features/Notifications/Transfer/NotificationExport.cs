using System.Globalization;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Notifications;

namespace ATStatus.Admin.Features.Notifications.Transfer;

/// <summary>The file of exported notifications, to be downloaded.</summary>
public static class NotificationExport
{
    /// <summary>Where it is, relative to the base path.</summary>
    public const string Path = "admin/notifications/export";

    /// <summary>Maps the download, for those who may write notifications.</summary>
    public static void MapNotificationExport(this IEndpointRouteBuilder endpoints) => endpoints
        .MapGet($"/{Path}", async (NotificationTransfer transfer, TimeProvider time, HttpContext context) =>
        {
            context.Response.Headers.CacheControl = "no-store";
            var file = NotificationFile.Write(await transfer.ExportAsync(context.RequestAborted));
            return Results.File(file, "application/json", string.Create(CultureInfo.InvariantCulture, $"notifications-{time.GetUtcNow():yyyy-MM-dd}.json"));
        })
        .RequireAuthorization(Policies.WriteNotifications);
}
