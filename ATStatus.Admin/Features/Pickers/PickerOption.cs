namespace ATStatus.Admin.Features.Pickers;

/// <summary>One thing to tick in a <see cref="Picker"/>.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Text">What it is called; the accessible name.</param>
/// <param name="Group">The group it is in, by a name that no other group of the list has; null for none.</param>
/// <param name="Page">The status page it is on, where the list has several.</param>
public sealed record PickerOption(int Id, string Text, string? Group = null, string? Page = null);
