using ATStatus.Core.Access;
using Microsoft.AspNetCore.Components;
using QRCoder;

namespace ATStatus.Admin.Features.Access;

/// <summary>The own authenticator: set up, turned off, and its recovery codes.</summary>
public sealed partial class AuthenticatorPanel
{
    private const string Issuer = "ATStatus";

    private FormSubmission _form = default!;
    private ElementReference _heading;
    private IReadOnlyList<string>? _codes;
    private string? _secret;
    private string _picture = "";
    private string? _code;

    [Parameter, EditorRequired]
    public SecondFactor Factor { get; set; } = default!;

    /// <summary>It was turned on or off.</summary>
    [Parameter]
    public EventCallback OnChanged { get; set; }

    [Inject]
    private SecondFactorService Service { get; set; } = default!;

    /// <inheritdoc />
    protected override void OnInitialized() => _form = NewForm().Judging(() => new { Code = _code });

    private Task<bool> BeginAsync() => _form.PreviewAsync(async () =>
    {
        _secret = await Service.BeginAsync(User.Id!.Value, User.SessionId);
        // The key format of authenticators: https://github.com/google/google-authenticator/wiki/Key-Uri-Format
        var address = $"otpauth://totp/{Issuer}:{Uri.EscapeDataString(User.Name)}?secret={_secret}&issuer={Issuer}&digits=6";
        using var data = QRCodeGenerator.GenerateQrCode(address, QRCodeGenerator.ECCLevel.M);
        using var picture = new SvgQRCode(data);
        _picture = picture.GetGraphic(1, "#000000", "#ffffff", drawQuietZones: true, SvgQRCode.SizingMode.ViewBoxAttribute);
    });

    private async Task TurnOnAsync()
    {
        IReadOnlyList<string> codes = [];
        if (!await _form.RunAsync(async () => codes = await Service.TurnOnAsync(User.Id!.Value, User.SessionId, _code)))
            return;
        (_secret, _picture, _code, _codes) = (null, "", null, codes);
        ShowSaved("The authenticator is turned on");
        await OnChanged.InvokeAsync();
    }

    private async Task NewCodesAsync()
    {
        if (await Confirm.AskAsync("Make new recovery codes?", "The earlier ones stop working.", "New recovery codes"))
            await _form.RunAsync(async () => _codes = await Service.NewRecoveryCodesAsync(User.Id!.Value, User.SessionId));
    }

    private async Task TurnOffAsync()
    {
        if (!await Confirm.AskAsync("Turn off the authenticator?", "Your password alone signs you in again. The recovery codes stop working.", "Turn off", danger: true)
            || !await _form.RunAsync(() => Service.TurnOffAsync(User.Id!.Value, User.SessionId)))
            return;
        ShowSaved("The authenticator is turned off");
        await OnChanged.InvokeAsync();
        await _heading.FocusAsync();
    }

    private async Task CloseCodesAsync()
    {
        _codes = null;
        await OnChanged.InvokeAsync();
        await _heading.FocusAsync();
    }

    private void Cancel()
    {
        (_secret, _picture, _code) = (null, "", null);
        _form.Clear();
    }

    // In groups of four, as people copy it.
    private static string Grouped(string secret) => string.Join(' ', secret.Chunk(4).Select(part => new string(part)));
}
