using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;

namespace ATStatus.Tests.Support;

/// <summary>An input with something else in one of its parts.</summary>
internal static class InputChanges
{
    public static NotificationInput WithTransport(this NotificationInput input, Func<TransportInput, TransportInput> change) =>
        input with { Transport = change(input.Transport) };

    public static NotificationInput WithOptions(this NotificationInput input, Func<SendOptions, SendOptions> change) =>
        input.WithTransport(transport => transport with { Options = change(transport.Options) });

    public static NotificationInput WithSubscription(this NotificationInput input, Func<Subscription, Subscription> change) =>
        input with { Subscription = change(input.Subscription) };
}
