using ATStatus.Core.Persistence;

namespace ATStatus.Core.Deliveries;

/// <summary>Says that some delivery changed. Other instances are not heard; live pages also ask by the clock.</summary>
public sealed class DeliveryFeed : Feed;
