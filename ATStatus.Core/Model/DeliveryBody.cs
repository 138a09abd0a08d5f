namespace ATStatus.Core.Model;

/// <summary>
/// The bytes that each attempt of a delivery is made from, where they are not its event's payload. A table of its own, so that a delivery of the
/// documented body costs nothing for it.
/// </summary>
public sealed class DeliveryBody
{
    public long DeliveryId { get; set; }

    public required byte[] Content { get; set; }
}
