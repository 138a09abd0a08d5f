using ATStatus.Admin.Features;
using ATStatus.Core.Problems;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ATStatus.Tests.Features;

/// <summary>An error is about the values that it judged: it goes when one of them is another, and only then.</summary>
public sealed class FormSubmissionTests
{
    private readonly FormSubmission _form;
    private Input _now = new(null, 10, 9, Choice.Ask, [1, 2]);
    private string _repeats = "never";

    public FormSubmissionTests() => _form = new FormSubmission(NullLogger.Instance, new FakeTimeProvider())
        .Judging(() => _now, () => new { Repeats = _repeats });

    public static TheoryData<string, string[]> Mended() => new()
    {
        { "Title", ["Ends", "Items", "Rule"] },
        { "Starts", ["Title", "Items", "Rule"] },
        { "Ends", ["Title", "Items", "Rule"] },
        { "EndsAmbiguous", ["Title", "Items", "Rule"] },
        { "Items", ["Title", "Ends", "Rule"] },
        { "Repeats", ["Title", "Ends", "Items"] },
        { "nothing", ["Title", "Ends", "Items", "Rule"] },
    };

    [Theory]
    [MemberData(nameof(Mended))]
    public async Task The_message_goes_with_a_value_that_it_judged_and_the_others_stay(string field, string[] left)
    {
        var errors = await RefusedAsync();
        var shortened = 0;
        _form.Shortened += () => shortened++;

        _now = field switch
        {
            "Title" => _now with { Title = "API down" },
            "Starts" => _now with { Starts = 8 },
            "Ends" => _now with { Ends = 11 },
            "EndsAmbiguous" => _now with { EndsAmbiguous = Choice.Later },
            "Items" => _now with { Items = [1] },
            // Another list of the same items is no other value.
            _ => _now with { Items = [1, 2] },
        };
        if (field == "Repeats")
            _repeats = "daily";

        Assert.Equal(left, _form.Errors!.Keys);
        Assert.Equal(left.Contains("Ends") ? "The end must be after the start." : null, _form.ErrorOf("Ends"));
        // The same dictionary: the summary shortens without taking the focus.
        Assert.Same(errors, _form.Errors);
        Assert.Equal(left.Length < 4 ? 1 : 0, shortened);
    }

    [Fact]
    public async Task What_is_in_no_input_is_forgotten_with_any_edit()
    {
        await _form.RunAsync(() => throw new InvalidInputException(new Dictionary<string, string> { ["Elsewhere"] = "No." }));
        Assert.Equal("No.", _form.ErrorOf("Elsewhere"));
        _now = _now with { Title = "API down" };
        Assert.Null(_form.ErrorOf("Elsewhere"));
    }

    [Fact]
    public async Task What_is_typed_while_it_is_judged_was_not_judged()
    {
        var judged = new TaskCompletionSource();
        var saving = _form.RunAsync(async () =>
        {
            await judged.Task;
            throw Refusal();
        });
        _now = _now with { Title = "API down" };
        judged.SetResult();
        Assert.False(await saving);
        Assert.Equal(["Ends", "Items", "Rule"], _form.Errors!.Keys);
    }

    private async Task<IReadOnlyDictionary<string, string>> RefusedAsync()
    {
        Assert.False(await _form.RunAsync(() => throw Refusal()));
        Assert.Equal(4, _form.Errors!.Count);
        return _form.Errors;
    }

    private static InvalidInputException Refusal()
    {
        var check = new InputCheck();
        check.Require(false, "Title", "Title is required.");
        check.Require(false, "Ends", "The end must be after the start.", "Starts");
        check.Require(false, "Items", "Choose fewer.");
        check.Require(false, "Rule", "Write the rule.", "Repeats");
        return Assert.Throws<InvalidInputException>(check.ThrowIfInvalid);
    }

    private enum Choice
    {
        Ask,
        Later,
    }

    private sealed record Input(string? Title, int Starts, int Ends, Choice EndsAmbiguous, IReadOnlyCollection<int> Items, string? Rule = null);
}
