using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using ATStatus.Core.Problems;

namespace ATStatus.Admin.Api.Bodies;

/// <summary>
/// What is sent to be written. A field that there is not is refused, because it is a misspelt one: <c>doNotNotfy</c> would notify everybody. The
/// fields that only answers have are passed over, so that an object that was read can be sent back.
/// </summary>
public abstract record WriteBody
{
    private static readonly ConcurrentDictionary<Type, HashSet<string>> Answered = new();

    /// <summary>What it has beyond its fields.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Unknown { get; init; }

    /// <summary>What such an object is answered as; null where it is none that is read.</summary>
    protected virtual Type? AnswerType => null;

    /// <summary>Throws where it has a field that there is not.</summary>
    /// <exception cref="UnknownFieldsException">By the names of the fields.</exception>
    public void ThrowIfUnknown()
    {
        if (Unknown is not { Count: > 0 })
            return;
        var answered = AnswerType is { } type ? Answered.GetOrAdd(type, NamesOf) : [];
        var unknown = Unknown.Keys.Where(name => !answered.Contains(name)).ToList();
        if (unknown.Count > 0)
            throw new UnknownFieldsException(unknown);
    }

    private static HashSet<string> NamesOf(Type type) =>
        [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name))];
}

/// <summary>A body has fields that there are not.</summary>
public sealed class UnknownFieldsException(IReadOnlyList<string> names) : ProblemException("The body has a field that there is not.")
{
    /// <summary>The fields, as the body names them.</summary>
    public IReadOnlyList<string> Names { get; } = names;
}
