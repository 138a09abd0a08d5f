using ATStatus.Admin.Features.Pickers;
using Bunit;

namespace ATStatus.Tests.Features.Pickers;

/// <summary>What a picker shows, in which order, and what it hands on. How it is used by keyboard is <c>PickerBrowserTests</c>'.</summary>
public sealed class PickerTests : BunitContext
{
    private IReadOnlyCollection<int>? _values = [];

    public PickerTests() => JSInterop.Mode = JSRuntimeMode.Loose;

    [Fact]
    public void What_is_not_offered_stays_and_the_rest_comes_in_the_order_of_the_options()
    {
        _values = [2, 99];
        var cut = Open([new(1, "One"), new(2, "Two"), new(3, "Three")]);
        Box(cut, "One").Change(true);
        Assert.Equal([1, 2, 99], _values);
        Box(cut, "Two").Change(false);
        Assert.Equal([1, 99], _values);
    }

    [Fact]
    public void All_is_another_thing_than_each_and_none_of_it_is_not_all()
    {
        _values = null;
        var cut = Open([new(1, "One"), new(2, "Two")], allText: "All components");
        Assert.True(Box(cut, "All components").HasAttribute("checked"));
        Assert.False(Box(cut, "One").HasAttribute("checked"));
        Box(cut, "One").Change(true);
        Assert.Equal([1], _values!);
        Box(cut, "One").Change(false);
        Assert.Empty(_values!);
        Assert.False(Box(cut, "All components").HasAttribute("checked"));
        Box(cut, "All components").Change(true);
        Assert.Null(_values);
        Box(cut, "All components").Change(false);
        Assert.Empty(_values!);
    }

    [Fact]
    public void A_group_is_ticked_as_a_whole_and_of_no_group_stands_first()
    {
        var cut = Open([new(1, "API", "Europe"), new(2, "Web", "Europe"), new(3, "Alone"), new(4, "Mail", "Asia")]);
        Assert.Equal(["No group", "Alone", "All of Europe", "API", "Web", "All of Asia", "Mail"], Texts(cut));
        Box(cut, "All of Europe").Change(true);
        Assert.Equal([1, 2], _values);
        Assert.True(Box(cut, "All of Europe").HasAttribute("checked"));
        Box(cut, "Web").Change(false);
        Assert.False(Box(cut, "All of Europe").HasAttribute("checked"));
        Box(cut, "All of Europe").Change(true);
        Box(cut, "All of Europe").Change(false);
        Assert.Empty(_values!);
    }

    [Fact]
    public void What_was_ticked_when_it_opened_stands_first_in_its_group_and_its_group_before_others()
    {
        _values = [4, 6];
        var cut = Open([new(1, "API", "Europe"), new(2, "Web", "Europe"), new(3, "Mail", "Asia"), new(4, "Queue", "Asia"), new(5, "Shop", Page: "Other"), new(6, "Till", Page: "Other")]);
        string[] settled = ["All of Asia", "Queue", "Mail", "All of Europe", "API", "Web", "Other", "Till", "Shop"];
        Assert.Equal(settled, Texts(cut));
        Box(cut, "Web").Change(true);
        Assert.Equal(settled, Texts(cut));
        // Read again, because somebody added one.
        Set(cut, [.. cut.Instance.Options, new(7, "Login", "Europe")]);
        Assert.Equal(["All of Asia", "Queue", "Mail", "All of Europe", "API", "Web", "Login", "Other", "Till", "Shop"], Texts(cut));
        // Those of another page.
        _values = [12];
        Set(cut, [new(11, "API"), new(12, "Web")]);
        Assert.Equal(["Web", "API"], Texts(cut));
    }

    [Fact]
    public void A_long_list_has_a_search_and_a_count_and_a_short_one_has_not()
    {
        Assert.Empty(Open(Many(12)).FindAll("input[type=search], .picker-count"));
        _values = [3];
        var cut = Open(Many(13));
        Assert.Equal("1 of 13 selected", cut.Find(".picker-count").TextContent);
        Assert.Equal("Search components", cut.Find("input[type=search]").GetAttribute("aria-label"));

        cut.Find("input[type=search]").Input("PART 1");
        Assert.Equal(["Part 1", "Part 10", "Part 11", "Part 12", "Part 13"], Shown(cut));
        // All of them are there all the same.
        Assert.Equal(13, cut.FindAll(".picker-row input").Count);
        cut.Find("input[type=search]").Input("nothing");
        Assert.Equal("Nothing matches.", cut.Find("[role=status]").TextContent);
        cut.Find("input[type=search]").Input("");
        Assert.Equal(13, Shown(cut).Length);
        Assert.Equal("Part 3", Shown(cut)[0]);
    }

    private static PickerOption[] Many(int count) => [.. Enumerable.Range(1, count).Select(i => new PickerOption(i, $"Part {i}"))];

    private IRenderedComponent<Picker> Open(IReadOnlyList<PickerOption> options, string? allText = null)
    {
        IRenderedComponent<Picker> cut = null!;
        cut = Render<Picker>(p => p.Add(picker => picker.Label, "Components").Add(picker => picker.Options, options).Add(picker => picker.Values, _values)
            .Add(picker => picker.AllText, allText).Add(picker => picker.ValuesChanged, values =>
            {
                _values = values;
                cut.Render(again => again.Add(picker => picker.Values, values));
            }));
        return cut;
    }

    private void Set(IRenderedComponent<Picker> cut, IReadOnlyList<PickerOption> options) =>
        cut.Render(p => p.Add(picker => picker.Options, options).Add(picker => picker.Values, _values));

    private static AngleSharp.Dom.IElement Box(IRenderedComponent<Picker> cut, string name) =>
        cut.FindAll("label").Single(label => label.TextContent.Trim() == name).QuerySelector("input")!;

    private static string[] Texts(IRenderedComponent<Picker> cut) =>
        [.. cut.FindAll(".picker-list label, .picker-list .choices-group, .picker-page-name").Select(element => element.TextContent.Trim())];

    private static string[] Shown(IRenderedComponent<Picker> cut) =>
        [.. cut.FindAll(".picker-row:not([hidden]) label").Select(label => label.TextContent.Trim())];
}
