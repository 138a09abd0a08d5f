using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Features.Lists;
using ATStatus.Core.Access;
using ATStatus.Core.Events;
using ATStatus.Core.Model;

namespace ATStatus.Admin.Features.Users;

/// <summary>What the list of users shows.</summary>
public sealed record UserListQuery : PageQuery<UserListQuery>, IPageQuery<UserListQuery>
{
    private const string Off = "off";
    private const string Weak = "no_second_factor";

    public static IReadOnlyList<QueryPart<UserListQuery>> Parts { get; } =
    [
        // A role's word in the address is its name in small letters.
        PageQueries.Choose<UserListQuery>(
            "show", "Show", "All",
            [
                .. new[] { Roles.Admin, Roles.Editor, Roles.Viewer }.Select(role => new Choice<string>(role.ToLowerInvariant(), role)), new(Off, "Switched off"),
                new(Weak, "Without a second factor"),
            ],
            query => query.Show, (query, name) => query with { Show = name }),
        PageQueries.Search<UserListQuery>("Email", query => query.Text, (query, text) => query with { Text = text }),
        PageQueries.Sort<UserListQuery>("Email", [new("seen", "Last seen first")], query => query.Sort, (query, name) => query with { Sort = name }),
        PageQueries.Offset<UserListQuery>(query => query.Offset, (query, rows) => query with { Offset = rows }),
    ];

    /// <summary>Only those with a role, or in a state.</summary>
    public string? Show { get; init; }

    /// <summary>Only those with this in their address.</summary>
    public string? Text { get; init; }

    /// <summary>How they are sorted; null by address.</summary>
    public string? Sort { get; init; }

    /// <summary>How many stand before those that are shown.</summary>
    public int Offset { get; init; }

    /// <summary>The accounts that match.</summary>
    public IReadOnlyList<Account> Of(IEnumerable<Account> accounts)
    {
        var words = new FoldedWords(Text);
        var matching = accounts.Where(account => words.Find(account.Email)).Where(account => Show switch
        {
            null => true,
            Off => !account.IsOn,
            Weak => !account.HasSecondFactor,
            _ => string.Equals(account.Role ?? Roles.Viewer, Show, StringComparison.OrdinalIgnoreCase),
        });
        return [.. Sort is null ? matching : matching.OrderByDescending(account => account.LastSeenAt)];
    }

    /// <summary>The invitations that match; they have a role, and none of the states.</summary>
    public IReadOnlyList<Invitation> Of(IEnumerable<Invitation> invitations)
    {
        var words = new FoldedWords(Text);
        return [.. invitations.Where(i => words.Find(i.Email) && (Show is null || string.Equals(i.Role, Show, StringComparison.OrdinalIgnoreCase)))];
    }
}
