using System.Globalization;
using ATStatus.Core.Events;

namespace ATStatus.Core.Sending.Discord;

/// <summary>Who a Discord message mentions, and so notifies. Only what the operator chose, never what stands in an incident's text.</summary>
public enum DiscordMention
{
    /// <summary>Nobody.</summary>
    Nobody,

    /// <summary>Everybody in the channel who is online: <c>@here</c>.</summary>
    Here,

    /// <summary>Everybody in the channel: <c>@everyone</c>.</summary>
    Everyone,

    /// <summary>One role.</summary>
    Role,

    /// <summary>One user.</summary>
    User,
}

/// <summary>What a Discord notification asks for beyond its URL.</summary>
/// <param name="UserName">The name the message appears under; null for the webhook's own.</param>
/// <param name="AvatarUrl">The picture beside it; null for the webhook's own.</param>
/// <param name="Mention">Who is mentioned.</param>
/// <param name="MentionId">The role's or user's number, where one is mentioned.</param>
/// <param name="ThreadId">The thread it is posted in; null for the channel, or for the thread that the URL names.</param>
public sealed record DiscordSettings(string? UserName, string? AvatarUrl, DiscordMention Mention, string? MentionId, string? ThreadId)
{
    public const string UserNameKey = "userName";

    public const string AvatarUrlKey = "avatarUrl";

    /// <summary>The setting <see cref="Mention"/>: a value's name in lower case.</summary>
    public const string MentionKey = "mention";

    public const string MentionIdKey = "mentionId";

    public const string ThreadIdKey = "threadId";

    /// <summary>The longest user name (Discord's Webhook Resource, "Create Webhook").</summary>
    public const int UserNameLength = 80;

    public const int AvatarUrlLength = 2_048;

    private static readonly string[] ForbiddenInNames = ["clyde", "discord"];

    /// <summary>The settings as they are stored; what is missing or wrong is left off.</summary>
    public static DiscordSettings Of(IReadOnlyDictionary<string, string> stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        var mention = TryParse(stored.GetValueOrDefault(MentionKey), out var found) ? found : DiscordMention.Nobody;
        var id = stored.GetValueOrDefault(MentionIdKey);
        if (mention is DiscordMention.Role or DiscordMention.User && !IsId(id)) mention = DiscordMention.Nobody;
        return new DiscordSettings(
            stored.GetValueOrDefault(UserNameKey), stored.GetValueOrDefault(AvatarUrlKey), mention,
            mention is DiscordMention.Role or DiscordMention.User ? id : null,
            IsId(stored.GetValueOrDefault(ThreadIdKey)) ? stored[ThreadIdKey] : null);
    }

    public static string NameOf(DiscordMention mention) => mention switch
    {
        DiscordMention.Here => "here",
        DiscordMention.Everyone => "everyone",
        DiscordMention.Role => "role",
        DiscordMention.User => "user",
        _ => "",
    };

    /// <inheritdoc cref="IDeliverySender.CheckSettings"/>
    internal static SettingsCheck Check(IReadOnlyDictionary<string, string> entered)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        var errors = new Dictionary<string, string>(StringComparer.Ordinal);
        Take(UserNameKey, ProblemOfUserName);
        Take(AvatarUrlKey, ProblemOfAvatarUrl);
        Take(ThreadIdKey, text => IsId(text) ? null : "A thread's ID is a number of up to 20 digits. With Discord's developer mode on, its menu has Copy Thread ID.");
        var mention = Entered(entered, MentionKey);
        if (!TryParse(mention, out var who)) errors[MentionKey] = "Choose who is mentioned.";
        else if (who != DiscordMention.Nobody) settings[MentionKey] = mention;
        if (who is DiscordMention.Role or DiscordMention.User)
        {
            var id = Entered(entered, MentionIdKey);
            if (IsId(id)) settings[MentionIdKey] = id;
            else errors[MentionIdKey] = $"Enter the {(who == DiscordMention.Role ? "role" : "user")}'s ID, a number of up to 20 digits. With Discord's developer mode on, its menu has Copy ID.";
        }

        return new SettingsCheck(settings, errors);

        void Take(string key, Func<string, string?> problemOf)
        {
            var text = Entered(entered, key);
            if (text.Length == 0) return;
            if (problemOf(text) is { } problem) errors[key] = problem;
            else settings[key] = text;
        }
    }

    private static string Entered(IReadOnlyDictionary<string, string> entered, string key) => entered.GetValueOrDefault(key)?.Trim() ?? "";

    private static bool TryParse(string? name, out DiscordMention mention) =>
        WireNames.TryFind(Enum.GetValues<DiscordMention>(), NameOf, name ?? "", out mention);

    private static string? ProblemOfUserName(string name)
    {
        if (name.Length > UserNameLength) return $"A user name can have at most {UserNameLength} characters.";
        if (Messages.MessageText.Line(name) != name) return "The user name contains characters that cannot be seen.";
        return ForbiddenInNames.Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase))
            ? "Discord allows no user name that contains 'discord' or 'clyde'."
            : null;
    }

    private static string? ProblemOfAvatarUrl(string url) =>
        url.Length <= AvatarUrlLength && !url.Any(c => char.IsWhiteSpace(c) || char.IsControl(c))
        && Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)
            ? null
            : $"The avatar is the complete URL of a picture, beginning with https://, of at most {AvatarUrlLength} characters.";

    /// <summary>Discord's numbers ("snowflakes") are unsigned, of 64 bits (Discord's API Reference, "Snowflakes").</summary>
    private static bool IsId(string? text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0;
}
