using ATStatus.Core.Sending.Slack;
using MudBlazor;

namespace ATStatus.Admin.Features.Notifications.Types.Slack;

/// <summary>A channel of Slack.</summary>
internal sealed class SlackType : NotificationType
{
    /// <inheritdoc />
    public override string Kind => SlackSender.KindName;

    /// <inheritdoc />
    public override string Label => "Slack";

    /// <inheritdoc />
    public override string Icon => Icons.Material.Outlined.Tag;

    /// <inheritdoc />
    public override string Description => "A message in a channel of Slack.";

    /// <inheritdoc />
    public override Type FieldsComponent => typeof(SlackFields);

    /// <inheritdoc />
    public override Type PreviewComponent => typeof(SlackPreview);

    // The words of https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks#handling_errors, and those seen beside them.
    /// <inheritdoc />
    public override string? AdviceFor(int status, string? body) => body?.Trim() switch
    {
        "no_service" or "no_service_id" or "invalid_token" or "no_active_hooks" =>
            "Slack does not know this webhook any more: it was removed, or its app was. Add a new one on the app's page, under Incoming Webhooks, enter its URL here, then redeliver.",
        "no_team" or "team_disabled" => "The workspace of this webhook no longer exists, or is disabled. Enter the URL of another.",
        "channel_not_found" or "channel_is_archived" or "is_archived" =>
            "The webhook's channel was archived or deleted. Unarchive it, or add a webhook for another channel; switch the notification on again if it is off, then redeliver.",
        "user_not_found" => "The person this webhook wrote to is not in the workspace any more. Add a webhook for a channel.",
        "action_prohibited" or "posting_to_general_channel_denied" or "restricted_action" =>
            "The workspace's rules forbid this app to post here. Ask an administrator of Slack, or choose another channel.",
        "invalid_payload" or "invalid_blocks" or "invalid_blocks_format" or "invalid_attachments" or "no_text" or "too_many_attachments" or "msg_too_long" =>
            "Slack did not accept the message's form. That is a mistake of the console: please report it, with the message below.",
        "rate_limited" or "ratelimited" => "Slack takes about one message a second for a channel. Its Retry-After is kept; choose fewer events if that goes on.",
        "rollup_error" or "internal_error" or "fatal_error" => "Slack has trouble of its own (slack-status.com). The next attempt often succeeds.",
        _ => status switch
        {
            429 => "Slack takes about one message a second for a channel. Its Retry-After is kept; choose fewer events if that goes on.",
            403 or 404 or 410 => "The webhook, its app or its channel is gone or may not be used. Look at the app's page, under Incoming Webhooks, and enter a URL that is listed there.",
            >= 500 => "Slack has trouble of its own (slack-status.com). The next attempt often succeeds.",
            _ => null,
        },
    };
}
