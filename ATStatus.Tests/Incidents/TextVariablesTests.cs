using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Problems;
using CsCheck;

namespace ATStatus.Tests.Incidents;

/// <summary>The variables of templates and default texts.</summary>
public sealed class TextVariablesTests
{
    private static readonly TextVariables Some = new("Main Status", ["API", "Mail", "Website"], "14 Jan 2026, 13:00 (Europe/Berlin)");

    [Theory]
    [InlineData("{{ page }}: {{ components }} since {{ time }}.", "Main Status: API, Mail and Website since 14 Jan 2026, 13:00 (Europe/Berlin).")]
    [InlineData("{{page}} {{  page\t}}", "Main Status Main Status")]
    [InlineData("{{{ page }}}", "{Main Status}")]
    // Braces that are no variable are text.
    [InlineData("{ page } {{}} {{ }} {{ two words }} {{ 1 }} {{ page } }} }} {{", "{ page } {{}} {{ }} {{ two words }} {{ 1 }} {{ page } }} }} {{")]
    // What there is not is refused where a text is saved; an older one keeps it.
    [InlineData("{{ foo }} {{ Page }}", "{{ foo }} {{ Page }}")]
    public void A_text_gets_the_values(string text, string rendered) => Assert.Equal(rendered, Some.Render(text));

    [Fact]
    public void Components_are_a_sentence_and_the_page_stands_for_none()
    {
        Assert.Equal("API", Rendered("API"));
        Assert.Equal("API and Mail", Rendered("API", "Mail"));
        Assert.Equal("Main Status", Rendered());

        static string Rendered(params string[] names) => new TextVariables("Main Status", names).Render("{{ components }}");
    }

    [Fact]
    public void A_time_that_is_not_known_yet_stays_and_a_value_is_never_read_as_a_variable()
    {
        Assert.Equal("Main at {{ time }}", new TextVariables("Main", []).Render("{{ page }} at {{ time }}"));
        Assert.Equal("{{ time }} and {{ page }}", new TextVariables("{{ page }}", ["{{ time }}"], "now").Render("{{ components }} and {{ page }}"));
    }

    [Theory]
    [InlineData("Europe/Berlin", "14 Jan 2026, 13:00 (Europe/Berlin)")]
    [InlineData("UTC", "14 Jan 2026, 12:00 (UTC)")]
    public void The_time_is_the_page_s_and_named(string zone, string expected)
    {
        var page = new StatusPage { Name = "Main", Slug = "main", TimeZone = zone };
        Assert.Equal(expected, TextVariables.At(page, [], new DateTime(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc)).Render("{{ time }}"));
    }

    [Theory]
    [InlineData("{{ foo }}", "{{ foo }}")]
    [InlineData("{{ page }} {{componentes}}", "{{componentes}}")]
    [InlineData("{{ Größe }}", "{{ Größe }}")]
    public void One_that_there_is_not_is_refused_and_those_that_exist_are_named(string text, string unknown)
    {
        var check = new InputCheck();
        TextVariables.Check(check, "Message", text);
        var refused = Assert.Throws<InvalidInputException>(check.ThrowIfInvalid);
        Assert.Equal($"There is no variable {unknown}. The variables are {{{{ page }}}}, {{{{ components }}}} and {{{{ time }}}}.", refused.Errors["Message"]);
    }

    [Fact]
    public void A_text_without_variables_stays_as_it_is() => Gen.String[Gen.Char["{} apge_.0\n"], 0, 40].Sample(text =>
    {
        var check = new InputCheck();
        TextVariables.Check(check, "Message", text);
        // What is accepted has known variables only; without one, rendering changes nothing.
        return !check.IsValid || TextVariables.IsIn(text) || Some.Render(text) == text;
    });
}
