using System.Diagnostics;

namespace ATStatus.Tests.Support;

/// <summary>Waits for what happens on other threads.</summary>
public static class Eventually
{
    /// <summary>Asks until the answer is yes; fails after the limit (a minute unless told otherwise: the machine may be busy).</summary>
    public static async Task TrueAsync(Func<bool> condition, TimeSpan? limit = null)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < (limit ?? TimeSpan.FromMinutes(1)), "What was waited for did not happen.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <inheritdoc cref="TrueAsync(Func{bool}, TimeSpan?)"/>
    public static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan? limit = null)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < (limit ?? TimeSpan.FromMinutes(1)), "What was waited for did not happen.");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
