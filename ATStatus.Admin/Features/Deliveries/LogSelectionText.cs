using System.Globalization;
using ATStatus.Core.Recovery;

namespace ATStatus.Admin.Features.Deliveries;

/// <summary>How the log speaks of what is done with many deliveries.</summary>
/// <param name="Button">What the button says.</param>
/// <param name="Done">What becomes of them: "redelivered".</param>
/// <param name="Explained">What it means, for the question before.</param>
internal sealed record LogSelectionText(string Button, string Done, string Explained)
{
    private static readonly LogSelectionText Redeliver = new(
        "Redeliver", "redelivered", "Each begins a new round of attempts, with the same X-Request-ID and the same bytes.");

    private static readonly LogSelectionText Recover = new(
        "Resend missed events", "resent",
        "They are sent in the order in which the events happened, as fast as their notifications accept them, each with its original X-Request-ID.");

    private static readonly LogSelectionText Cancel = new(
        "Cancel deliveries", "cancelled",
        "They are skipped and not sent. An attempt under way finishes; unless it succeeds, its delivery is skipped and not retried.");

    /// <summary>The words for it.</summary>
    public static LogSelectionText Of(BulkKind kind) => kind switch
    {
        BulkKind.Redeliver => Redeliver,
        BulkKind.Cancel => Cancel,
        _ => Recover,
    };

    /// <summary>"Redeliver 3 deliveries?"</summary>
    public string Question(int count) => this == Recover ? $"Resend {Deliveries(count)}?" : $"{(this == Cancel ? "Cancel" : "Redeliver")} {Deliveries(count)}?";

    /// <summary>"3 deliveries redelivered". Those that are resent have not arrived yet when this is said.</summary>
    public string Summary(int count) => this == Recover ? $"{Deliveries(count)} on {(count == 1 ? "its" : "their")} way" : $"{Deliveries(count)} {Done}";

    /// <summary>How many are left out and why, in words.</summary>
    public static string Refused(BulkOutlook outlook) => string.Join(", ", outlook.Refused.OrderBy(r => r.Key).Select(r => (r.Key, r.Value) switch
    {
        (BulkRefusal.Test, 1) => "1 is a test",
        (BulkRefusal.Test, var count) => $"{Number(count)} are tests",
        (BulkRefusal.NotificationDeleted, var count) => $"{Number(count)} to a deleted notification",
        (BulkRefusal.NotificationOff, var count) => $"{Number(count)} to a notification that is switched off",
        (BulkRefusal.UnderWay, 1) => "1 is under way already",
        (BulkRefusal.UnderWay, var count) => $"{Number(count)} are under way already",
        (BulkRefusal.Arrived, var count) => $"{Number(count)} arrived",
        (BulkRefusal.DoNotNotify, 1) => "1 was skipped on purpose",
        (BulkRefusal.DoNotNotify, var count) => $"{Number(count)} were skipped on purpose",
        (BulkRefusal.Carried, 1) => "1 was sent with another delivery",
        (BulkRefusal.Carried, var count) => $"{Number(count)} were sent with another delivery",
        (BulkRefusal.Ended, 1) => "1 has ended or been cancelled already",
        (BulkRefusal.Ended, var count) => $"{Number(count)} have ended or been cancelled already",
        (_, 1) => "1 is not in the log any more",
        (_, var count) => $"{Number(count)} are not in the log any more",
    }));

    /// <summary>A number as people read it.</summary>
    public static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Deliveries(int count) => count == 1 ? "1 delivery" : $"{Number(count)} deliveries";
}
