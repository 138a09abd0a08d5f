using ATStatus.Tests.EndToEnd;
using ATStatus.Tests.Hosting;
using ATStatus.Tests.Persistence;
using ATStatus.Tests.Support;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace ATStatus.Tests.Support;

/// <summary>
/// Starts the classes that take longest before all others: one that is started last runs alone at the end, while the rest of the machine waits
/// for it. Those that wait for a browser, for a program of its own and for the processor are mixed. The others keep the order that they have
/// otherwise.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest =
    [
        .. ((Type[])
        [
            typeof(ScreenTests), typeof(ChaosTests), typeof(EditBrowserTests), typeof(FormWalkTests), typeof(SqliteLogTests), typeof(LogBrowserTests),
            typeof(ProcessTests), typeof(ConnectionBrowserTests), typeof(KillTests), typeof(KeyboardBrowserTests), typeof(NoticeScreenTests),
        ]).Select(type => $" {type.FullName} "),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(Rank).ThenBy(collection => collection.UniqueID, StringComparer.Ordinal)];

    private static int Rank<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection
    {
        var rank = Array.FindIndex(Longest, name => collection.TestCollectionDisplayName.Contains(name, StringComparison.Ordinal));
        return rank < 0 ? Longest.Length : rank;
    }
}
