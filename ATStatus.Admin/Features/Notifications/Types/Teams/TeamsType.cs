using ATStatus.Core.Sending.Teams;
using MudBlazor;

namespace ATStatus.Admin.Features.Notifications.Types.Teams;

/// <summary>A channel or chat of Microsoft Teams.</summary>
internal sealed class TeamsType : NotificationType
{
    /// <inheritdoc />
    public override string Kind => TeamsSender.KindName;

    /// <inheritdoc />
    public override string Label => "Microsoft Teams";

    /// <inheritdoc />
    public override string Icon => Icons.Material.Outlined.Groups;

    /// <inheritdoc />
    public override string Description => "A card in a channel or chat of Microsoft Teams, through a workflow.";

    /// <inheritdoc />
    public override Type FieldsComponent => typeof(TeamsFields);

    /// <inheritdoc />
    public override Type PreviewComponent => typeof(TeamsPreview);

    /// <inheritdoc />
    public override string? AdviceFor(int status, string? body) => status switch
    {
        400 when Says(body, "TriggerInputSchemaMismatch") => "The workflow expects another kind of message. Make it from the template 'Send webhook alerts to a channel', and use that one's URL.",
        400 when Says(body, "WorkflowTriggerIsNotEnabled") => "The workflow is switched off. Switch it on in Teams, under Workflows, then redeliver.",
        400 or 404 => "The workflow was deleted or switched off, or its URL is an old one: those at logic.azure.com ended in November 2025. Open it in Teams, under Workflows, and copy the URL of its first step again.",
        401 or 403 => "The URL's signature is not valid, or the workflow takes requests only from people signed in. In its first step, 'Who can trigger the flow?' must be 'Anyone'; copy the URL again after that.",
        413 => "The workflow takes no messages of this size. That is a mistake of the console: please report it, with the message below.",
        429 => "The workflow ran too often. Its Retry-After is kept; choose fewer events, or look at the licence of the workflow's owner.",
        >= 500 => "Power Automate has trouble of its own, or the workflow's owner has no licence any more. The next attempt often succeeds; otherwise look at the workflow's run history.",
        _ => null,
    };

    private static bool Says(string? body, string code) => body?.Contains(code, StringComparison.Ordinal) == true;
}
