using System.Data.Common;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Outbox;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>What is said after a save that may have raised events.</summary>
internal static class SavedText
{
    /// <param name="saved">What was saved.</param>
    /// <param name="raised">Holds what the save raised.</param>
    public static async Task<string> OfAsync(string saved, ChangeScope raised, EventQueries events)
    {
        if (raised.EventIds.Count == 0)
            return saved;
        try
        {
            return await events.CountRecipientsAsync(raised.EventIds) switch
            {
                0 => $"{saved} It goes to no notifications.",
                1 => $"{saved} It goes to 1 notification.",
                var count => FormattableString.Invariant($"{saved} It goes to {count:N0} notifications."),
            };
        }
        catch (DbException)
        {
            // It is saved all the same.
            return saved;
        }
    }
}
