using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace ATStatus.Core.Persistence;

/// <summary>Every instant is stored and read as UTC; a local time that reaches the database is a bug and fails.</summary>
internal sealed class UtcDateTimeConverter() : ValueConverter<DateTime, DateTime>(
    value => Checked(value),
    value => DateTime.SpecifyKind(value, DateTimeKind.Utc))
{
    private static DateTime Checked(DateTime value) => value.Kind == DateTimeKind.Utc
        ? value
        : throw new InvalidOperationException("Only UTC instants are stored.");
}
