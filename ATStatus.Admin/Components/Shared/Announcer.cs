namespace ATStatus.Admin.Components.Shared;

/// <summary>Says something to screen readers without moving the focus: "12 deliveries", "Copied". One per circuit.</summary>
public sealed class Announcer
{
    /// <summary>Something is to be said.</summary>
    public event Action<string>? Said;

    /// <summary>Announces a text politely, after what is being read now. An empty one takes back what was announced and no longer holds.</summary>
    public void Say(string text) => Said?.Invoke(text);
}
