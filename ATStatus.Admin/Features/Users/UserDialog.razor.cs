using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Admin.Hosting.Configuration;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Users;

/// <summary>Invites a user and shows the link, or edits one.</summary>
public sealed partial class UserDialog
{
    private static readonly IReadOnlyList<Choice<string>> RoleChoices = [.. Roles.All.Select(role => new Choice<string>(role, role))];

    private FormSubmission _form = default!;
    private FormDialog? _dialog;
    private Account? _account;
    private string? _email;
    private string _role = Roles.Viewer;
    private bool _payloads;
    private bool _redeliver;
    private string? _link;

    /// <summary>Something was saved.</summary>
    [Parameter]
    public EventCallback OnSaved { get; set; }

    [Inject]
    private Permitted<AccountService> Service { get; set; } = default!;

    [Inject]
    private AdminSettings Settings { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    private AccountInput Input => new(_role, _payloads, _redeliver);

    private bool IsDirty => _link is null && (_account is { } account
        ? Input != new AccountInput(account.Role ?? Roles.Viewer, account.MaySeePayloads, account.MayRedeliver)
        : !string.IsNullOrEmpty(_email));

    private string RoleHelp => _role switch
    {
        Roles.Admin => "Does everything: notifications, users, keys and settings too.",
        Roles.Editor => "Runs the status pages: components, incidents, maintenance and templates.",
        _ => "Reads pages, incidents, maintenance, notifications and the delivery log.",
    };

    /// <summary>Opens it for somebody new.</summary>
    public Task InviteAsync() => OpenAsync(null);

    /// <summary>Opens it for a user.</summary>
    public Task EditAsync(Account account) => OpenAsync(account);

    /// <inheritdoc />
    protected override void OnInitialized() => _form = NewForm().Judging(() => new InvitationInput(_email ?? "", Input), () => Input);

    private Task OpenAsync(Account? account)
    {
        Clear();
        _account = account;
        if (account is not null)
            (_role, _payloads, _redeliver) = (account.Role ?? Roles.Viewer, account.MaySeePayloads, account.MayRedeliver);
        _form.TypedAgain();
        // The title stands outside what the dialog renders anew.
        StateHasChanged();
        return _dialog!.OpenAsync();
    }

    private void Clear()
    {
        _form.Clear();
        (_account, _email, _role, _payloads, _redeliver, _link) = (null, null, Roles.Viewer, false, false, null);
    }

    // As the table of rights has it for a new account of the role.
    private void ChooseRole(string role) => (_role, _payloads, _redeliver) = (role, role == Roles.Editor, role == Roles.Editor);

    private Task CancelAsync() => _dialog!.CancelAsync();

    private async Task CloseAsync()
    {
        await _dialog!.CloseAsync();
        Clear();
    }

    private async Task SaveAsync()
    {
        var (account, input) = (_account, Input);
        if (account is null)
        {
            string? token = null;
            if (!await _form.RunAsync(async () => token = await Service.Demand().InviteAsync(new InvitationInput(_email ?? "", input), User.Actor)))
                return;
            _link = $"{(Settings.Hosting.PublicUrl?.AbsoluteUri ?? Navigation.BaseUri).TrimEnd('/')}/invite?token={token}";
        }
        else
        {
            if (!await _form.RunAsync(() => Service.Demand().ChangeAsync(account.Id, input)))
                return;
            await CloseAsync();
            ShowSaved("Saved");
        }
        if (User.IsSignedIn)
            await OnSaved.InvokeAsync();
    }
}
