using System.Reflection;
using ATStatus.Admin.Components;
using ATStatus.Admin.Features.Audit;
using ATStatus.Admin.Features.Deliveries;
using ATStatus.Admin.Features.Lists;
using ATStatus.Admin.Features.StatusComponents;
using Bunit.TestDoubles;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Features.Lists;

/// <summary>Queries as pages declare them: whatever is declared stands in the address and comes back from there, and each filter is asked for.</summary>
public sealed class PageQueryTests
{
    private static readonly Dictionary<string, string> Samples = new()
    {
        ["notification"] = "7",
        ["page"] = "3",
        ["status"] = "5xx",
        ["q"] = "a & b",
        ["since"] = "24h",
        ["until"] = "2026-01-14T12:00Z",
        ["from"] = "2026-01-14T12:00Z",
        ["before"] = "120",
        ["after"] = "120",
        ["offset"] = "40",
        ["closed"] = "3-7",
        ["open"] = "2",
        ["user"] = "ada@example.com",
        ["id"] = "9",
        ["period"] = "7d",
        ["show"] = "past",
    };

    public static TheoryData<Type> Queries => [.. typeof(App).Assembly.GetTypes().Where(type => type.BaseType is { IsGenericType: true } parent && parent.GetGenericTypeDefinition() == typeof(PageQuery<>))];

    [Theory]
    [MemberData(nameof(Queries))]
    public void Every_value_comes_back_from_the_address(Type query) =>
        typeof(PageQueryTests).GetMethod(nameof(RoundTrip), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(query).Invoke(null, null);

    [Fact]
    public void The_names_in_the_log_s_address_stay() => Assert.Equal(
        ["state", "notification", "event", "failure", "status", "test", "q", "since", "until", "before", "after"], DeliveryLogQuery.Parts.Select(part => part.Name));

    [Fact]
    public void Each_filter_of_the_log_is_asked_for_and_has_a_field()
    {
        var now = new DateTime(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc);
        var all = new DeliveryLogQuery();
        foreach (var part in DeliveryLogQuery.Parts.Where(part => part.Role == QueryRole.Filter))
        {
            var filtered = part.Read(all, SampleOf(part));
            Assert.True(filtered.IsFiltered, part.Name);
            Assert.NotEqual(all.FilterAt(now), filtered.FilterAt(now));
            // Those without are TimeFilter's.
            Assert.True(part.Field != QueryField.None || part.Name is "since" or "until", part.Name);
        }
    }

    [Fact]
    public void What_makes_no_sense_counts_as_absent()
    {
        Assert.Equal(new DeliveryLogQuery(), PageQueries.ParseUri<DeliveryLogQuery>("http://localhost/admin/deliveries?state=lost&notification=x&status=9xx&before=-1&after=y&since=soon&other=1"));
        Assert.Equal(new DeliveryLogQuery { Before = 5 }, PageQueries.ParseUri<DeliveryLogQuery>("http://localhost/?before=5&after=9"));
        Assert.Equal(new AuditQuery(), PageQueries.ParseUri<AuditQuery>("http://localhost/?id=9"));
        Assert.Equal(0, PageQueries.ParseUri<ComponentListQuery>("http://localhost/?offset=99999999999").Offset);
    }

    [Fact]
    public void Clearing_takes_the_filters_and_leaves_the_order()
    {
        var query = new ComponentListQuery { Text = "api", Show = "hidden", Sort = "name", Closed = "3", Offset = 40 };
        Assert.Equal(new ComponentListQuery { Sort = "name", Closed = "3" }, query.Cleared());
        Assert.Equal(query with { Offset = 0 }, query.First());
        Assert.Equal("admin/components?show=hidden&q=api&sort=name&closed=3", query.AddressOf("admin/components"));
    }

    [Fact]
    public async Task What_is_chosen_while_the_address_follows_adds_up_and_what_is_typed_on_is_one_step()
    {
        await using var context = new Bunit.BunitContext();
        var navigation = (BunitNavigationManager)context.Services.GetRequiredService<NavigationManager>();
        navigation.NavigateTo("admin/deliveries");
        var changes = 0;
        using var address = new AddressState<DeliveryLogQuery>(navigation, () =>
        {
            changes++;
            return Task.CompletedTask;
        });

        address.Choose(address.Latest with { Text = "check" });
        address.Choose(address.Latest with { Text = "checkout", Before = 9 });
        Assert.Equal(new DeliveryLogQuery { Text = "checkout" }, address.Current);
        Assert.Equal([true, false], navigation.History.Take(2).Select(step => step.Options.ReplaceHistoryEntry));
        address.Choose(address.Latest with { IsTest = false });
        Assert.False(navigation.History.First().Options.ReplaceHistoryEntry);
        Assert.EndsWith("?q=checkout&test=none", navigation.Uri, StringComparison.Ordinal);

        navigation.NavigateTo("admin/deliveries?q=other#main");
        Assert.Equal("other", address.Current.Text);
        Assert.Equal(4, changes);
        // Only the fragment, and another page: nothing of this one.
        navigation.NavigateTo("admin/deliveries?q=other#rows");
        navigation.NavigateTo("admin/incidents?q=elsewhere");
        Assert.Equal(("other", 4), (address.Current.Text, changes));
    }

    private static void RoundTrip<TQuery>()
        where TQuery : PageQuery<TQuery>, IPageQuery<TQuery>, new()
    {
        var parts = TQuery.Parts;
        Assert.Equal(parts.Count, parts.Select(part => part.Name).Distinct().Count());
        Assert.True(parts.Count(part => part.Field == QueryField.Search) <= 1);
        foreach (var part in parts)
        {
            Assert.Null(part.Write(new TQuery()));
            foreach (var value in part.Options.Count > 0 ? part.Options.Select(option => option.Value) : [SampleOf(part)])
            {
                // An id is one of its kind.
                var begun = part.Name == "id" ? parts.Single(p => p.Name == "object").Read(new TQuery(), "incident") : new TQuery();
                var query = part.Read(begun, value);
                Assert.Equal(value, part.Write(query));
                Assert.Equal(query, PageQueries.ParseUri<TQuery>($"http://localhost/{query.ToUri()}"));
                Assert.NotEqual(part.Role == QueryRole.Place, query.First() == query);
            }
        }
    }

    private static string SampleOf<TQuery>(QueryPart<TQuery> part) => part.Options.Count > 0 ? part.Options[0].Value : Samples[part.Name];
}

internal static class QueryUris
{
    /// <summary>The query as an address has it, its place included.</summary>
    public static string ToUri<TQuery>(this TQuery query)
        where TQuery : PageQuery<TQuery>, IPageQuery<TQuery>, new() =>
        Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString("x", query.ToParameters().Where(value => value.Value is not null)
            .Select(value => KeyValuePair.Create(value.Key, (string?)value.Value!.ToString())));
}
