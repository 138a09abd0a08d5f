using System.Diagnostics;
using System.Text;
using ATStatus.Core.Sending.Bodies;
using ATStatus.Tests.Sending.Messages;

namespace ATStatus.Tests.Sending.Bodies;

/// <summary>What a template yields, and that none harms the console whatever it does.</summary>
public sealed class TemplateBodyTests
{
    private const int MaxLength = 64 * 1024;

    [Theory]
    [InlineData("""{ "text": "{{ data.title }}", "n": {{ data.id }} }""", """{"text":"He said \"no\"","n":1}""")]
    [InlineData("{{ data.components | json }}", """["API","Dashboard"]""")]
    [InlineData("""{"all": {{ data | json }}}""", """{"all":{"id":1,"title":"He said \"no\"","status":"investigating","severity":"major","message":"a\nb","components":["API","Dashboard"],"startedAt":"2026-01-14T11:55:00Z"}}""")]
    [InlineData("""{"id":"{{ id }}","at":"{{ timestamp | date: "%Y" }}","page":"{{ statusPage.slug }}","e":"{{ event }}"}""", """{"id":"00000000-0000-0000-0000-000000000000","at":"2026","page":"main","e":"incident.created"}""")]
    [InlineData("""[{% for c in data.components %}"{{ c | upcase }}"{% unless forloop.last %},{% endunless %}{% endfor %}]""", """["API","DASHBOARD"]""")]
    [InlineData("""{"s":"{% if data.severity == 'major' %}P1{% else %}P3{% endif %}"}""", """{"s":"P1"}""")]
    [InlineData("""{"m":"{{ data.message }}"}""", """{"m":"a\nb"}""")]
    public void It_yields_JSON_and_no_text_breaks_out_of_its_quotes(string template, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(Render(template)));

    [Theory]
    [InlineData("{\"a\": {{ data.title }} }", "not valid JSON")]
    [InlineData("", "not valid JSON")]
    [InlineData("{{ data.title | unknown }}", "")]
    [InlineData("{% if %}", "cannot be read")]
    [InlineData("{% include 'x' %}", "cannot be read")]
    [InlineData("{% render 'x' %}", "cannot be read")]
    [InlineData("{{ 1 | divided_by: 0 }}", "")]
    [InlineData("{% for i in (1..1000000000) %}{% endfor %}1", "ranges")]
    [InlineData("{{ 'x' | date: '%1000000000Y' }}", "")]
    [InlineData("1e999", "not valid JSON")]
    public void What_yields_none_says_why(string template, string because)
    {
        var failure = Assert.Throws<TemplateException>(() => Render(template));
        Assert.Contains(because, failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Each would take the process down, its memory or its time.</summary>
    public static TheoryData<string> Hostile =>
    [
        // Text that doubles.
        $"{{% assign a = 'xxxxxxxxxx' %}}{string.Concat(Enumerable.Repeat("{% assign a = a | append: a %}", 400))}\"{{{{ a }}}}\"",
        // A product of texts.
        $"{{% assign a = 'xxxxxxxxxx' %}}{string.Concat(Enumerable.Repeat("{% assign a = a | append: a %}", 13))}{{{{ a | replace: 'x', a | json }}}}",
        $"{{% assign a = 'x,x,x,x,x' %}}{string.Concat(Enumerable.Repeat("{% assign a = a | append: a %}", 13))}{{% assign b = a | split: ',' %}}{{{{ b | join: a | json }}}}",
        // Arrays that double.
        $"{{% assign a = data.components %}}{string.Concat(Enumerable.Repeat("{% assign a = a | concat: a %}", 400))}1",
        // Loops within loops.
        $"{{% assign a = 'x,x,x,x,x,x,x,x,x,x' | split: ',' %}}{string.Concat(Enumerable.Repeat("{% for i in a %}", 12))}{string.Concat(Enumerable.Repeat("{% endfor %}", 12))}1",
        // More output than a body may have.
        $"{{% assign a = 'x,x,x,x,x,x,x,x,x,x' | split: ',' %}}{string.Concat(Enumerable.Repeat("{% for i in a %}", 3))}{new string('y', 400)}{string.Concat(Enumerable.Repeat("{% endfor %}", 3))}",
        // Depth, in each place where the language nests.
        $"{string.Concat(Enumerable.Repeat("{% if true %}", 600))}1{string.Concat(Enumerable.Repeat("{% endif %}", 600))}x",
        $"{{{{ a{string.Concat(Enumerable.Repeat("[a", 4000))}{new string(']', 4000)} }}}}x",
        $"{{% if a{string.Concat(Enumerable.Repeat(" and a", 2500))} %}}1{{% endif %}}x",
        $"{{{{ data.title{string.Concat(Enumerable.Repeat("|upcase", 2000))} }}}}",
        new string('[', 16_000),
        string.Concat(Enumerable.Repeat("{{", 8_000)),
        string.Concat(Enumerable.Repeat("{% raw %}", 1_500)),
    ];

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_hostile_one_ends_soon_and_in_little_memory(string template)
    {
        Assert.True(template.Length <= TemplateBody.MaxLength, $"{template.Length}");
        var before = GC.GetTotalAllocatedBytes();
        var clock = Stopwatch.StartNew();

        Assert.Throws<TemplateException>(() => Render(template));

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 400L * 1024 * 1024);
    }

    [Fact]
    public void Saving_tries_it_on_every_type_of_event_and_on_texts_with_quotes_and_lists_without_anything()
    {
        Assert.Null(TemplateBody.ProblemOf(TemplateBody.Sample, MaxLength));
        Assert.StartsWith(
            "component.status_changed: The result is not valid JSON", TemplateBody.ProblemOf("""{"t":{{ data.title | json }}{% if data.name %}!{% endif %}}""", MaxLength), StringComparison.Ordinal);
        // Fine with two components, and not without any.
        Assert.StartsWith(
            "incident.created:", TemplateBody.ProblemOf("""[{% for c in data.components %}1,{% endfor %}1{% if data.components.size == 0 %},{% endif %}]""", MaxLength), StringComparison.Ordinal);
        Assert.Contains("16,384", TemplateBody.ProblemOf(new string('1', TemplateBody.MaxLength + 1), MaxLength), StringComparison.Ordinal);
        Assert.Equal("Template body is required.", TemplateBody.ProblemOf(" ", MaxLength));
        Assert.Contains("MaxPayload", TemplateBody.ProblemOf($"\"{new string('x', 2000)}\"", 1024), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_render_at_the_same_time()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => Encoding.UTF8.GetString(Render("""{"t":"{{ data.title }}"}""")))));
        Assert.Single(all.Distinct());
    }

    private static byte[] Render(string template) => TemplateBody.Render(
        template, new BodySource(NastyEvents.Incident("He said \"no\"", "a\nb", ["API", "Dashboard"]), Guid.Empty), MaxLength);
}
