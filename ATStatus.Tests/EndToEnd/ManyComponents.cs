using ATStatus.Core.Events;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.EndToEnd;

/// <summary>A page with 200 components in 20 groups.</summary>
internal static class ManyComponents
{
    public const int Groups = 20;

    public const int InGroup = 10;

    private static readonly string[] Parts = ["API", "Web", "Search", "Mail", "Payments", "Storage", "Queue", "Cache", "Login", "Webhooks"];

    private static readonly string[] Places =
    [
        "Amsterdam", "Berlin", "Chicago", "Dublin", "Frankfurt", "Hong Kong", "Jakarta", "London", "Madrid", "Montreal", "Mumbai", "Osaka", "Paris", "São Paulo",
        "Seoul", "Singapore", "Stockholm", "Sydney", "Tokyo", "Warsaw",
    ];

    /// <summary>The name of a component.</summary>
    public static string NameOf(int group, int component) => $"{Parts[component]} {Places[group]}";

    /// <summary>The name of a group.</summary>
    public static string GroupOf(int group) => Places[group];

    /// <summary>Adds them and returns the page's number.</summary>
    public static async Task<int> AddAsync(ConsoleApp app, CancellationToken stop)
    {
        var page = await app.Services.GetRequiredService<StatusPageService>().CreateAsync(new StatusPageInput("Worldwide", "worldwide"), stop);
        for (var group = 0; group < Groups; group++)
        {
            var id = await app.Services.GetRequiredService<ComponentOrder>().AddGroupAsync(page, GroupOf(group), stop);
            for (var component = 0; component < InGroup; component++)
            {
                await app.Services.GetRequiredService<ComponentService>().CreateAsync(
                    new ComponentInput(page, NameOf(group, component), ComponentStatus.Operational, GroupId: id, DoNotNotify: true), stop);
            }
        }
        return page;
    }
}
