using System.Diagnostics;
using System.Text.RegularExpressions;
using Fluid;
using Fluid.Values;

namespace ATStatus.Core.Sending.Bodies;

/// <summary>
/// What a template can do, and how much of it in one rendering. Left out are tags that read files or gather output in memory, and filters whose
/// result can be of any size; each other filter's texts are counted, what goes in and what comes out.
/// </summary>
internal sealed partial class TemplateLimits
{
    /// <summary>Turns of loops in one rendering.</summary>
    private const int MaxSteps = 10_000;

    /// <summary>The longest text that a filter takes or makes, in UTF-16 units.</summary>
    private const int MaxText = 256 * 1024;

    /// <summary>How much all filters of one rendering take and make together.</summary>
    private const long MaxWork = 8 * 1024 * 1024;

    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(2);

    private static readonly string[] Tags =
        ["assign", "break", "case", "comment", "#", "continue", "cycle", "decrement", "echo", "for", "if", "increment", "raw", "unless"];

    private static readonly string[] Filters =
    [
        "abs", "append", "at_least", "at_most", "base64_encode", "capitalize", "ceil", "compact", "concat", "date", "default", "divided_by", "downcase",
        "escape", "first", "floor", "join", "json", "last", "lstrip", "map", "minus", "modulo", "newline_to_br", "plus", "prepend", "remove", "remove_first",
        "replace", "replace_first", "reverse", "round", "rstrip", "size", "slice", "sort", "split", "strip", "strip_newlines", "times", "truncate",
        "truncatewords", "uniq", "upcase", "url_encode", "where",
    ];

    /// <summary>Reads templates. It knows only the tags above.</summary>
    public static FluidParser Parser { get; } = ParserOfTags();

    private static readonly TemplateOptions Options = OptionsOfFilters();

    private readonly long _begun = Stopwatch.GetTimestamp();
    private long _work;

    /// <summary>A context for one rendering.</summary>
    public TemplateContext Context()
    {
        var context = new TemplateContext(Options);
        context.AmbientValues[nameof(TemplateLimits)] = this;
        return context;
    }

    /// <exception cref="TemplateException">The time is over.</exception>
    public void DemandTime()
    {
        if (Stopwatch.GetElapsedTime(_begun) > MaxTime)
            throw new TemplateException("The template takes too long.");
    }

    private void Count(long size)
    {
        DemandTime();
        if (size > MaxText || (_work += size) > MaxWork)
            throw new TemplateException("The template makes too much text.");
    }

    private static FluidParser ParserOfTags()
    {
        var parser = new FluidParser();
        foreach (var tag in parser.RegisteredTags.Keys.Except(Tags).ToArray())
            parser.RegisteredTags.Remove(tag);
        return parser;
    }

    private static TemplateOptions OptionsOfFilters()
    {
        var options = new TemplateOptions { MaxSteps = MaxSteps, MaxRecursion = 10, StrictFilters = true, TimeZone = TimeZoneInfo.Utc };
        var known = options.Filters.ToDictionary();
        options.Filters.Clear();
        foreach (var name in Filters)
            options.Filters.AddFilter(name, Bounded(name, known[name]));
        return options;
    }

    private static FilterDelegate Bounded(string name, FilterDelegate filter) => async (input, arguments, context) =>
    {
        var limits = (TemplateLimits)context.AmbientValues[nameof(TemplateLimits)];
        limits.Count(SizeOf(input) + (arguments.Count == 0 ? 0 : arguments.Values.Sum(SizeOf)));
        limits.Count(MostOf(name, input, arguments));
        var result = await filter(input, arguments, context);
        limits.Count(SizeOf(result));
        // A whole JSON value, which its quotes belong to.
        return name == "json" ? new StringValue(result.ToStringValue(), encode: false) : result;
    };

    /// <summary>How large a result can be that is a product of its arguments.</summary>
    private static long MostOf(string name, FluidValue input, FilterArguments arguments) => name switch
    {
        "replace" or "replace_first" => SizeOf(input) + (SizeOf(input) / Math.Max(1, arguments.At(0).ToStringValue().Length) + 1) * SizeOf(arguments.At(1)),
        "join" => input is ArrayValue array ? SizeOf(input) + array.Values.Count * SizeOf(arguments.At(0)) : SizeOf(input),
        // A width in a format would be filled up.
        "date" when Width().IsMatch(arguments.At(0).ToStringValue()) => throw new TemplateException("Dates take no widths, like %10Y."),
        _ => 0,
    };

    private static long SizeOf(FluidValue? value) => value switch
    {
        StringValue text => text.ToStringValue().Length,
        ArrayValue array => array.Values.Sum(item => SizeOf(item) + 1),
        _ => 1,
    };

    [GeneratedRegex(@"%[^A-Za-z%]*\d")]
    private static partial Regex Width();
}
