using System.Net;
using ATStatus.Core.Access;
using ATStatus.Core.Problems;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace ATStatus.Admin.Features.Access;

/// <summary>The own passkeys.</summary>
public sealed partial class PasskeyPanel
{
    private FormSubmission _form = default!;
    private ElementReference _heading;
    private IReadOnlyList<Passkey> _passkeys = [];
    private string? _name;

    [Parameter, EditorRequired]
    public SecondFactor Factor { get; set; } = default!;

    /// <summary>One was added or removed.</summary>
    [Parameter]
    public EventCallback OnChanged { get; set; }

    [Inject]
    private SecondFactorService Service { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private IJSRuntime Browser { get; set; } = default!;

    /// <summary>Why browsers make no passkeys for this address (WebAuthn, 5 and 13.4.9); null where they do.</summary>
    private string? WhyNot
    {
        get
        {
            var here = new Uri(Navigation.BaseUri);
            if (here.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6)
                return $"Passkeys need a host name, and you opened the console as {here.Host}. Open it by its name{(IPAddress.TryParse(here.Host, out var address) && IPAddress.IsLoopback(address) ? ", here localhost" : "")}.";
            return here.Scheme == Uri.UriSchemeHttps || here.Host == "localhost"
                ? null
                : "Passkeys need a secure connection, and you opened the console by plain http. Open it by https.";
        }
    }

    /// <inheritdoc />
    protected override void OnInitialized() => _form = NewForm().Judging(() => new { PasskeyName = _name });

    /// <inheritdoc />
    protected override void OnParametersSet() => _passkeys = Factor.Passkeys;

    private async Task AddAsync()
    {
        if (!await _form.RunAsync(async () =>
            {
                var check = new InputCheck();
                var name = check.Line(_name, "PasskeyName", "Passkey name", SecondFactorService.PasskeyNameLength);
                check.ThrowIfInvalid();
                if (await Browser.InvokeAsync<string?>("atstatus.addPasskey", name) is { Length: > 0 } problem)
                    throw new IllegalTransitionException(problem);
            }))
            return;
        _name = null;
        ShowSaved("Passkey added");
        await OnChanged.InvokeAsync();
    }

    private async Task RemoveAsync(Passkey passkey)
    {
        if (!await Confirm.AskAsync($"Remove {passkey.Name}?", "It no longer signs you in. Delete it on your device too.", "Remove", danger: true))
            return;
        // Each was confirmed by a click of its own, however soon after the one before.
        _form.TypedAgain();
        if (!await _form.RunAsync(() => Service.RemovePasskeyAsync(User.Id!.Value, User.SessionId, passkey.Id)))
            return;
        ShowSaved("Passkey removed");
        await OnChanged.InvokeAsync();
        await _heading.FocusAsync();
    }
}
