namespace ATStatus.Core.Model;

/// <summary>Who does something, as timelines and logs name them.</summary>
/// <param name="Name">The account's name.</param>
public readonly record struct Actor(string Name);
