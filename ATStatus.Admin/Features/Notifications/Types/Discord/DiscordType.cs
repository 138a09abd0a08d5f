using System.Text.Json;
using ATStatus.Core.Sending.Discord;
using MudBlazor;

namespace ATStatus.Admin.Features.Notifications.Types.Discord;

/// <summary>A channel of Discord.</summary>
internal sealed class DiscordType : NotificationType
{
    /// <inheritdoc />
    public override string Kind => DiscordSender.KindName;

    /// <inheritdoc />
    public override string Label => "Discord";

    /// <inheritdoc />
    public override string Icon => Icons.Custom.Brands.Discord;

    /// <inheritdoc />
    public override string Description => "A message in a channel or thread of Discord.";

    /// <inheritdoc />
    public override Type FieldsComponent => typeof(DiscordFields);

    /// <inheritdoc />
    public override Type PreviewComponent => typeof(DiscordPreview);

    // https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
    /// <inheritdoc />
    public override string? AdviceFor(int status, string? body) => (status, CodeOf(body)) switch
    {
        (_, 10015) => "Discord does not know this webhook any more: it was deleted. Make a new one in the channel's settings, under Integrations, enter its URL here, then redeliver.",
        (_, 50027) => "The last part of the URL is not this webhook's token. Copy the URL again from the channel's settings, under Integrations, then redeliver.",
        (_, 10003) => "Discord does not know the thread, or it is not one of the webhook's channel. Correct the thread ID, or leave it empty for the channel.",
        (_, 50083) => "The thread is archived and locked. Unlock it in Discord, or choose another.",
        (_, 220001 or 220003) => "The webhook's channel is a forum: enter the ID of the thread to post in.",
        (_, 50035) => "Discord refused a part of the message; its answer names it. Look at the user name and the avatar.",
        (400, 50006) => "Discord found the message empty. That is a mistake of the console: please report it, with the message below.",
        (400, _) => "Discord did not accept the message. Its answer names the part; look at the user name, the avatar and the thread ID. If they are right, it is a mistake of the console: please report it.",
        (429, _) => "Discord takes some 30 messages a minute from a webhook. Its waiting time is kept; choose fewer events if that goes on.",
        (401 or 404, _) => "The webhook was deleted, or its URL is not complete. Copy the URL again from the channel's settings, under Integrations, then redeliver.",
        (403, _) => "Discord refuses messages from here. Look at the channel's permissions; Discord temporarily blocks addresses after many rejected requests.",
        ( >= 500, _) => "Discord has trouble of its own (discordstatus.com). The next attempt often succeeds.",
        _ => null,
    };

    private static int? CodeOf(string? body)
    {
        try
        {
            using var json = JsonDocument.Parse(body ?? "");
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("code", out var code)
                && code.ValueKind == JsonValueKind.Number && code.TryGetInt32(out var number) ? number : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
