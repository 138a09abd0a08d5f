namespace ATStatus.Admin.Components.Shared.Fields;

/// <summary>A time that a text under a field ends with: an element of its own, so that it tells UTC on hover.</summary>
/// <param name="Utc">The instant (UTC).</param>
/// <param name="Zone">The zone it is shown in; null for the viewer's.</param>
public readonly record struct NoteTime(DateTime Utc, TimeZoneInfo? Zone = null);
