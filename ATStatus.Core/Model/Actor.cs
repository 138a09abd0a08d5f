namespace ATStatus.Core.Model;

/// <summary>Who does something, as timelines and logs name them.</summary>
public readonly record struct Actor(string Name);
