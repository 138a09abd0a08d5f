using System.Linq.Expressions;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Sending;

namespace ATStatus.Core.DeliveryLog;

/// <summary>What the log shows. Everything that is given must hold.</summary>
/// <param name="Since">Only those recorded at this moment or later (UTC).</param>
/// <param name="Until">Only those recorded before this moment (UTC).</param>
/// <param name="Failure">Only those whose last attempt failed with this.</param>
/// <param name="Status">Only those whose last attempt was answered with such a status code.</param>
/// <param name="IsTest">Only tests, or only real ones.</param>
/// <param name="Text">
/// Only those whose event's title holds this text (the case of letters does not count, accents do), or whose X-Request-ID begins with it
/// (from four hexadecimal digits on); with <c>#12</c> only the delivery of that number.
/// </param>
public sealed record DeliveryFilter(
    int? NotificationId = null, DeliveryState? State = null, DateTime? Since = null, DateTime? Until = null, EventType? Event = null,
    FailureKind? Failure = null, StatusRange? Status = null, bool? IsTest = null, string? Text = null)
{
    /// <summary>
    /// What a row itself answers of what is asked: here, and nowhere else, a part of the filter becomes a condition. Times and texts are
    /// <see cref="LogSearch"/>'s, which first finds out between which rows they lie.
    /// </summary>
    internal IReadOnlyList<LogCondition> Conditions()
    {
        var conditions = new List<LogCondition>();
        if (NotificationId is { } notification)
            conditions.Add(new(LogParts.Notification, d => d.NotificationId == notification));
        if (State is { } state)
            conditions.Add(new(LogParts.State, d => d.State == state));
        if (Event is { } type)
            conditions.Add(new(LogParts.Row, d => d.EventType == type));
        if (Failure is { } failure)
            conditions.Add(new(LogParts.Row, d => d.LastFailure == failure));
        if (Status is { First: var first, Last: var last })
            conditions.Add(new(LogParts.Row, d => d.LastStatusCode >= first && d.LastStatusCode <= last));
        if (IsTest is { } isTest)
            conditions.Add(new(LogParts.Test, d => d.IsTest == isTest));
        return conditions;
    }
}

/// <summary>Kinds of what is asked of the log, as far as an index holds one.</summary>
[Flags]
internal enum LogParts
{
    None = 0,
    Notification = 1,
    State = 2,
    Time = 4,
    Test = 8,
    Text = 16,

    /// <summary>Whatever only the row itself answers.</summary>
    Row = 32,
}

/// <summary>A condition that a row answers.</summary>
internal sealed record LogCondition(LogParts Part, Expression<Func<Delivery, bool>> Where);

/// <summary>Status codes from one to another, both included.</summary>
/// <param name="First">The lowest.</param>
/// <param name="Last">The highest.</param>
public readonly record struct StatusRange(int First, int Last)
{
    /// <summary>A class such as 4xx.</summary>
    /// <param name="hundreds">4 for 4xx.</param>
    public static StatusRange Class(int hundreds) => new(hundreds * 100, (hundreds * 100) + 99);

    public static StatusRange Exactly(int code) => new(code, code);

    /// <summary>Whether none of them is a success, so that an attempt with such a code has failed.</summary>
    internal bool AreFailures => Last < 200 || First > 299;
}
