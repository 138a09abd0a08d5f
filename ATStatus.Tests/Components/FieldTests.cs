using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Components.Shared.Fields;
using Bunit;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Components;

public sealed class FieldTests : ConsoleContext
{
    private static readonly Choice<string>[] Kinds = [new("webhook", "Webhook"), new("discord", "Discord"), new("slack", "Slack", Disabled: true)];

    [Fact]
    public void Label_belongs_to_its_control_and_carries_no_mark()
    {
        var field = Render<TextInput>(p => p.Add(f => f.Label, "Name").Add(f => f.Required, true));

        var label = (IHtmlLabelElement)field.Find("label");
        Assert.Equal("Name", label.TextContent);
        Assert.Equal(field.Find("input").Id, label.HtmlFor);
        Assert.Equal("true", field.Find("input").GetAttribute("aria-required"));
        Assert.Equal("true", field.Find(".field-required").GetAttribute("aria-hidden"));
    }

    [Fact]
    public void Two_fields_never_share_an_id() =>
        Assert.NotEqual(Render<TextInput>(p => p.Add(f => f.Label, "A")).Find("input").Id, Render<TextInput>(p => p.Add(f => f.Label, "A")).Find("input").Id);

    [Fact]
    public void Error_warning_and_help_describe_the_control()
    {
        var field = Render<TextInput>(p => p.Add(f => f.Label, "URL").Add(f => f.Id, "url")
            .Add(f => f.Error, "Not a URL.").Add(f => f.Warning, "Not encrypted.").Add(f => f.Help, "No redirects."));

        var input = field.Find("input");
        Assert.Equal("true", input.GetAttribute("aria-invalid"));
        var texts = input.GetAttribute("aria-describedby")!.Split(' ').Select(id => field.Find("#" + id).TextContent.Trim());
        Assert.Equal(["Not a URL.", "Not encrypted.", "No redirects."], texts);
    }

    [Fact]
    public void Sound_field_points_at_nothing()
    {
        var input = Render<TextInput>(p => p.Add(f => f.Label, "URL").Add(f => f.Error, "")).Find("input");

        Assert.False(input.HasAttribute("aria-invalid"));
        Assert.False(input.HasAttribute("aria-describedby"));
    }

    [Theory]
    [InlineData(1, "input")]
    [InlineData(4, "textarea")]
    public void Text_reports_every_keystroke(int lines, string element)
    {
        string? typed = null;
        var field = Render<TextInput>(p => p.Add(f => f.Label, "Message").Add(f => f.Lines, lines).Add(f => f.ValueChanged, On<string?>(v => typed = v)));

        field.Find(element).Input("half a wo");

        Assert.Equal("half a wo", typed);
    }

    [Fact]
    public void Select_offers_its_options_and_gives_the_typed_value()
    {
        int? chosen = -1;
        var field = Render<SelectInput<int?>>(p => p.Add(f => f.Label, "Status page").Add(f => f.Placeholder, "Choose…")
            .Add(f => f.Options, [new Choice<int?>(1, "Main Status"), new Choice<int?>(2, "Internal")])
            .Add(f => f.Value, 1).Add(f => f.ValueChanged, On<int?>(v => chosen = v)));

        Assert.Equal(["Choose…", "Main Status", "Internal"], field.FindAll("option").Select(o => o.TextContent));
        Assert.Equal("1", ((IHtmlSelectElement)field.Find("select")).Value);

        field.Find("select").Change("2");
        Assert.Equal(2, chosen);

        field.Find("select").Change("");
        Assert.Null(chosen);
    }

    [Fact]
    public void Select_puts_options_of_one_group_under_its_heading()
    {
        var field = Render<SelectInput<string>>(p => p.Add(f => f.Label, "Component")
            .Add(f => f.Options, [new Choice<string>("a", "API", "Main"), new Choice<string>("b", "Mail", "Internal"), new Choice<string>("c", "Web", "Main")]));

        var main = field.Find("optgroup[label=Main]");
        Assert.Equal(["API", "Web"], main.Children.Select(o => o.TextContent));
    }

    [Fact]
    public void Switch_is_a_switch_and_reports_its_state()
    {
        bool? on = null;
        var field = Render<SwitchInput>(p => p.Add(f => f.Label, "Enabled").Add(f => f.Value, true).Add(f => f.ValueChanged, On<bool>(v => on = v)));

        var input = (IHtmlInputElement)field.Find("[role=switch]");
        Assert.True(input.IsChecked);
        Assert.Equal("Enabled", ((IHtmlLabelElement)field.Find("label")).TextContent.Trim());
        Assert.Equal(field.Find("label").Id, input.Closest("label")?.Id);

        input.Change(false);
        Assert.False(on);
    }

    [Fact]
    public void Hidden_label_still_names_the_control()
    {
        var field = Render<SwitchInput>(p => p.Add(f => f.Label, "Main channel enabled").Add(f => f.HideLabel, true));

        Assert.Equal("Main channel enabled", field.Find("label .visually-hidden").TextContent);
    }

    [Fact]
    public void Radios_form_a_named_group()
    {
        string? chosen = null;
        var field = Render<RadioInput<string>>(p => p.Add(f => f.Label, "Type").Add(f => f.Options, Kinds).Add(f => f.Value, "webhook")
            .Add(f => f.ValueChanged, On<string?>(v => chosen = v)));

        var group = field.Find("[role=radiogroup]");
        Assert.Equal("Type", field.Find("#" + group.GetAttribute("aria-labelledby")).TextContent);
        var radios = field.FindAll("input[type=radio]").Cast<IHtmlInputElement>().ToList();
        Assert.Equal([true, false, false], radios.Select(r => r.IsChecked));
        Assert.Equal([false, false, true], radios.Select(r => r.IsDisabled));
        Assert.Single(radios.Select(r => r.Name).Distinct());

        radios[1].Click();
        Assert.Equal("discord", chosen);
    }

    [Fact]
    public void Check_group_adds_and_removes_in_the_options_order_and_keeps_what_it_does_not_show()
    {
        IReadOnlyCollection<string> chosen = ["incident.resolved", "gone"];
        var field = Render<CheckGroup<string>>(p => p.Add(f => f.Label, "Events").Add(f => f.Values, chosen)
            .Add(f => f.Options, [new Choice<string>("incident.created", "incident.created"), new Choice<string>("incident.resolved", "incident.resolved")])
            .Add(f => f.ValuesChanged, On<IReadOnlyCollection<string>>(v => chosen = v)));

        Box("incident.created").Change(true);
        Assert.Equal(["incident.created", "incident.resolved", "gone"], chosen);

        Box("incident.resolved").Change(false);
        Assert.Equal(["incident.created", "gone"], chosen);

        IElement Box(string name) => field.FindAll("label").Single(l => l.TextContent.Trim() == name).QuerySelector("input")!;
    }

    [Fact]
    public async Task Date_and_time_are_typed_in_the_viewers_zone_and_given_in_utc()
    {
        await InBerlinAsync();
        DateTime? given = null;
        var field = Render<DateTimeInput>(p => p.Add(f => f.Label, "Starts").Add(f => f.Value, Noon).Add(f => f.ValueChanged, On<DateTime?>(v => given = v)));

        Assert.Equal("2026-01-14T13:00", field.Find("input").GetAttribute("value"));
        Assert.Contains("Europe/Berlin", field.Find(".field-help").TextContent, StringComparison.Ordinal);

        field.Find("input").Input("2026-07-14T13:30");
        Assert.Equal(new DateTime(2026, 7, 14, 11, 30, 0, DateTimeKind.Utc), given);
        Assert.Equal(DateTimeKind.Utc, given!.Value.Kind);

        field.Find("input").Input("");
        Assert.Null(given);
    }

    [Theory]
    [InlineData("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00", "03:00 is used.")]
    [InlineData("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30", "The earlier is used.")]
    [InlineData("Europe/Dublin", "2026-03-29T01:30", "2026-03-29T01:00", "02:00 is used.")]
    [InlineData("Europe/Dublin", "2026-10-25T01:30", "2026-10-25T00:30", "The earlier is used.")]
    public async Task Of_a_time_that_the_clocks_skip_or_repeat_it_says_what_it_takes(string zone, string typed, string utc, string says)
    {
        await InZoneAsync(zone);
        DateTime? given = null;
        var field = Render<DateTimeInput>(p => p.Add(f => f.Label, "From").Add(f => f.ValueChanged, On<DateTime?>(v => given = v)));

        field.Find("input").Input(typed);
        Assert.Equal(DateTime.Parse(utc + "Z", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AdjustToUniversal), given);
        Assert.EndsWith(says, field.Find(".field-warning").TextContent.Trim(), StringComparison.Ordinal);
        Assert.Contains("-warning", field.Find("input").GetAttribute("aria-describedby"), StringComparison.Ordinal);

        field.Find("input").Input("2026-07-14T13:30");
        Assert.Empty(field.FindAll(".field-warning"));
    }

    [Theory]
    // What fields pass through while a year is typed.
    [InlineData("0001-01-01T00:00")]
    [InlineData("9999-12-31T23:59")]
    public async Task The_first_and_the_last_time_there_is_are_no_fault(string typed)
    {
        await InZoneAsync("Pacific/Kiritimati");
        DateTime? given = null;
        var field = Render<DateTimeInput>(p => p.Add(f => f.Label, "From").Add(f => f.ValueChanged, On<DateTime?>(v => given = v)));
        field.Find("input").Input(typed);
        Assert.NotNull(given);
    }

    private Task InBerlinAsync() => InZoneAsync("Europe/Berlin");

    private async Task InZoneAsync(string zone)
    {
        JSInterop.Setup<BrowserEnvironment>("atstatus.environment").SetResult(new(zone, false));
        await Services.GetRequiredService<BrowserClock>().StartAsync();
    }
}
