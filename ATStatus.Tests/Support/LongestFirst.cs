using ATStatus.Tests.Support;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace ATStatus.Tests.Support;

/// <summary>
/// Begins with the classes that take minutes by themselves: the tests of a class follow one another, and one that is begun last would keep the
/// whole run waiting for it alone.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long =
        ["ScreenTests", "KeyboardBrowserTests", "FormWalkTests", "EditBrowserTests", "LongListBrowserTests", "PickerBrowserTests", "ChaosTests", "SqliteTwoInstanceTests", "LogBrowserTests", "ApiFuzzTests"];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => Array.FindIndex(Long, name => collection.TestCollectionDisplayName.Contains($".{name} ", StringComparison.Ordinal)) is >= 0 and var place ? place : Long.Length)];
}
