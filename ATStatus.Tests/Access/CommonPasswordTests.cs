using ATStatus.Admin.Hosting;
using ATStatus.Core.Access.Passwords;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Access;

/// <summary>Which passwords are too common to be taken.</summary>
public sealed class CommonPasswordTests
{
    [Theory]
    [InlineData("password")]
    [InlineData("PASSWORD")]
    [InlineData("Password1")]
    [InlineData("Password123!")]
    [InlineData("P@ssw0rd")]
    [InlineData("p4$$w0rd!1")]
    [InlineData("!!Welcome1")]
    [InlineData("changeme")]
    [InlineData("letmein123")]
    [InlineData("trustno1")]
    [InlineData("iloveyou")]
    [InlineData("1q2w3e4r")]
    [InlineData("zaq12wsx")]
    [InlineData("12345678")]
    [InlineData("0987654321")]
    [InlineData("abcd1234")]
    [InlineData("qwertyuiop")]
    [InlineData("123qweasd")]
    [InlineData("aaaaaaaaaaaaaaaaaaaa")]
    [InlineData("abcabcabcabc")]
    [InlineData("passwordpassword")]
    [InlineData("Summer2026!")]
    [InlineData("administrator")]
    [InlineData("admin2026")]
    [InlineData("ATStatus-2026")]
    [InlineData("atstatusatstatus")]
    [InlineData("jane.doe1")]
    [InlineData("JaneDoe!1")]
    [InlineData("jane.doe@example.org")]
    [InlineData("example.org2026")]
    public void Common_ones_and_what_is_made_of_the_account_or_the_product(string password) =>
        Assert.True(CommonPasswords.Contains(password, "jane.doe@example.org"));

    [Theory]
    [InlineData("correct horse battery staple")]
    [InlineData("a long enough password")]
    [InlineData("quite another passphrase")]
    [InlineData("all letters lower case")]
    [InlineData("x7Gk2pQz")]
    [InlineData("jane.doe likes the sea")]
    [InlineData("atstatus for my bakery")]
    [InlineData("83-17-55-02-96")]
    [InlineData("ünïcödé würde")]
    public void Length_is_enough(string password) => Assert.False(CommonPasswords.Contains(password, "jane.doe@example.org"));

    [Theory]
    [InlineData("Password1", "This password is too common or too easy to guess.")]
    [InlineData("short", "Passwords must be at least 8 characters.")]
    public async Task The_start_is_refused_in_one_line_that_names_the_key(string password, string why)
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(
            () => ConsoleApp.StartAsync(new ConsoleAppOptions { Settings = new() { ["Admin:Password"] = password } }));
        Assert.Equal($"Admin:Password takes at least 8 characters and no common password: {why}", refused.Message);
    }

    [Fact]
    public async Task A_password_beyond_the_longest_is_refused()
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(
            () => ConsoleApp.StartAsync(new ConsoleAppOptions { Settings = new() { ["Admin:Password"] = string.Concat(Enumerable.Range(0, 100).Select(i => $"{i:000}")) } }));
        Assert.Contains("Passwords must be at most 256 characters.", refused.Message, StringComparison.Ordinal);
    }
}
