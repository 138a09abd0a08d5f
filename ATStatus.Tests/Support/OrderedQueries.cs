using ATStatus.Core.Persistence.Sqlite;
using ATStatus.Core.Persistence.SqlServer;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Support;

/// <summary>
/// In every test a query that takes some of its rows without saying in which order is an error: which ones it gets would be the
/// database's whim, and EF Core warns of it each time it is compiled.
/// </summary>
internal static class OrderedQueries
{
    public static IServiceCollection DemandOrderedQueries(this IServiceCollection services) => services
        .ConfigureDbContext<SqliteAtStatusDbContext>(Demand)
        .ConfigureDbContext<SqlServerAtStatusDbContext>(Demand);

    private static void Demand(DbContextOptionsBuilder options) => options.ConfigureWarnings(
        warnings => warnings.Throw(CoreEventId.RowLimitingOperationWithoutOrderByWarning, CoreEventId.FirstWithoutOrderByAndFilterWarning));
}
