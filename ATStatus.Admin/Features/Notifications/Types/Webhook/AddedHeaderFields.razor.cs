using ATStatus.Core.Notifications;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace ATStatus.Admin.Features.Notifications.Types.Webhook;

/// <summary>Headers of the operator's own, by name and value. A stored value is never shown; leaving its field empty keeps it.</summary>
public sealed partial class AddedHeaderFields
{
    private const string AddId = "Headers-add";
    private const string Help =
        "Sent with each request. Values are stored encrypted and never shown again. The console's own (X-Webhook-…, X-Request-ID, User-Agent, Content-…, webhook-…), " +
        "those of the connection (Host, Connection …) and traceparent cannot be added.";

    private string? _focus;

    [Inject]
    private IJSRuntime Browser { get; set; } = default!;

    private string? Warning => Draft.HeadersLost
        ? "The stored headers cannot be decrypted with the keys in this database. Add them again; a save without them removes them."
        : null;

    private string DescribedBy => string.Join(' ', new[]
    {
        ErrorOf(nameof(Draft.Headers)) is null ? null : "Headers-error",
        Warning is null ? null : "Headers-warning",
        "Headers-help",
    }.OfType<string>());

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_focus is not { } id)
            return;
        _focus = null;
        await Browser.InvokeVoidAsync("atstatus.focus", id);
    }

    private string? WarningOf(HeaderDraft header, int index) =>
        Draft.HasMoved && Draft.IsStored(header) && string.IsNullOrEmpty(header.Value) && ErrorOf(ValueId(index)) is null
            ? "The URL has another scheme, host or port now. Enter the value again, or remove the header."
            : null;

    private static string NameId(int index) => TransportInput.HeaderField(index, "Name");

    private static string ValueId(int index) => TransportInput.HeaderField(index, "Value");

    private Task TypeNameAsync(int index, string? name)
    {
        Draft.Headers[index].Name = name;
        return Edited.InvokeAsync(NameId(index));
    }

    private Task TypeValueAsync(int index, string? value)
    {
        Draft.Headers[index].Value = value;
        return Edited.InvokeAsync(ValueId(index));
    }

    private Task AddAsync()
    {
        Draft.Headers.Add(new HeaderDraft());
        _focus = NameId(Draft.Headers.Count - 1);
        return Edited.InvokeAsync(nameof(Draft.Headers));
    }

    private async Task RemoveAsync(int index)
    {
        // What was said is about rows that now have other numbers.
        for (var i = 0; i < Draft.Headers.Count; i++)
        {
            await Edited.InvokeAsync(NameId(i));
            await Edited.InvokeAsync(ValueId(i));
        }
        Draft.Headers.RemoveAt(index);
        _focus = AddId;
        await Edited.InvokeAsync(nameof(Draft.Headers));
    }
}
