using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Bench;

internal static class LogBench
{
    public static async Task<int> RunAsync(int deliveries, string? file)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddPersistence(new DatabaseOptions(DatabaseProvider.Sqlite, $"Data Source={file}"));
        services.AddSingleton<DatabaseMigrator>();
        await using var provider = services.BuildServiceProvider();
        var fresh = !File.Exists(file);
        await provider.GetRequiredService<DatabaseMigrator>().MigrateAsync();
        await using var db = await provider.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync();
        if (fresh)
            await LogFill.FillAsync(db, deliveries);
        return 0;
    }
}
