using ATStatus.Admin.Hosting;

namespace ATStatus.Tests.Hosting;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--a:b=c", "--a:b=c")]
    [InlineData("--a:b c", "--a:b=c")]
    [InlineData("/a=c /b d", "--a=c --b=d")]
    [InlineData("a=c", "--a=c")]
    [InlineData("--a=--b --c=d=e", "--a=--b --c=d=e")]
    [InlineData("--a -1", "--a=-1")]
    [InlineData("--a=", "--a=")]
    [InlineData("--contentRoot /srv/console --urls http://localhost:5000", "--contentRoot=/srv/console --urls=http://localhost:5000")]
    public void Settings_are_given_on_with_their_own_values_alone(string args, string settings) =>
        Assert.Equal(settings.Split(' '), CommandLine.Read(args.Split(' ')).Settings);

    [Fact]
    public void An_empty_argument_is_passed_over()
    {
        var line = CommandLine.Read(["--urls", "http://localhost:5000", ""]);
        Assert.Equal(["--urls=http://localhost:5000"], line.Settings);
        Assert.Null(line.Problem);
    }

    [Theory]
    [InlineData("--make-admin a@example.com", "--make-admin is not known.")]
    [InlineData("--list-users=yes", "--list-users is not known.")]
    [InlineData("--verbose --urls http://localhost:5000", "--verbose is not known, or lacks its value (--verbose=VALUE).")]
    [InlineData("--urls=http://localhost:5000 --verbose", "--verbose is not known")]
    [InlineData("--opne", "--opne is not known")]
    [InlineData("--a --b", "--a is not known, or lacks its value")]
    [InlineData("-v", "-v is not known.")]
    [InlineData("-p=hunter2", "-p is not known.")]
    [InlineData("--", "Argument 1 has no key.")]
    [InlineData("--=hunter2", "Argument 1 has no key.")]
    [InlineData("=hunter2", "Argument 1 has no key.")]
    [InlineData("--Admin:Password correct hunter2", "Argument 3 belongs to no setting: a value with spaces needs quotes.")]
    public void What_is_not_understood_is_one_line_without_a_value(string args, string problem)
    {
        var line = CommandLine.Read(args.Split(' '));
        Assert.StartsWith(problem, line.Problem, StringComparison.Ordinal);
        Assert.EndsWith("--help lists what else there is.", line.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", line.Problem, StringComparison.Ordinal);
    }
}
