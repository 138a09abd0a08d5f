namespace ATStatus.Core.Events;

/// <summary>What subscriptions are asked about: everything of an event that a notification can be limited by.</summary>
/// <param name="Type">What happened.</param>
/// <param name="StatusPageId">The page it happened on.</param>
public sealed record EventScope(EventType Type, int StatusPageId);
