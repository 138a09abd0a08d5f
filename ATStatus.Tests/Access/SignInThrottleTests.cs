using System.Net;
using ATStatus.Admin.Hosting.Access;
using Microsoft.Extensions.Time.Testing;

namespace ATStatus.Tests.Access;

/// <summary>How attempts to sign in are counted, and how long the next one waits.</summary>
public sealed class SignInThrottleTests
{
    private static readonly SignInKey Account = SignInKey.Account("ADMIN@EXAMPLE.COM");
    private static readonly SignInKey Address = SignInKey.Address(IPAddress.Parse("192.0.2.1"));
    private readonly FakeTimeProvider _time = new();
    private readonly SignInThrottle _throttle;

    public SignInThrottleTests() => _throttle = new SignInThrottle(_time);

    [Fact]
    public void The_wait_doubles_up_to_fifteen_minutes_and_stays_there()
    {
        for (var i = 0; i < SignInThrottle.FreeByAccount; i++)
            Assert.Equal(TimeSpan.Zero, _throttle.Count(Account));
        var waits = new List<double>();
        for (var i = 0; i < 12; i++)
        {
            var wait = _throttle.DelayOf(Account);
            waits.Add(wait.TotalSeconds);
            Assert.Equal(wait, _throttle.Count(Account));
            _time.Advance(wait);
            Assert.Equal(TimeSpan.Zero, _throttle.Count(Account));
        }
        Assert.Equal([5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900, 900], waits);
    }

    [Fact]
    public void A_refused_attempt_does_not_lengthen_the_wait()
    {
        Fail(Account, SignInThrottle.FreeByAccount);
        var wait = _throttle.DelayOf(Account);
        for (var i = 0; i < 100; i++)
            Assert.Equal(wait, _throttle.Count(Account));
        _time.Advance(wait);
        Assert.Equal(TimeSpan.Zero, _throttle.Count(Account));
    }

    [Fact]
    public void However_many_come_at_once_only_the_free_ones_are_looked_at()
    {
        var counted = 0;
        Parallel.For(0, 200, _ =>
        {
            if (_throttle.Count(Account) == TimeSpan.Zero)
                Interlocked.Increment(ref counted);
        });
        Assert.Equal(SignInThrottle.FreeByAccount, counted);
    }

    [Fact]
    public void Failures_are_forgotten_one_by_one()
    {
        Fail(Account, SignInThrottle.FreeByAccount);
        _time.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(TimeSpan.Zero, _throttle.Count(Account));
        Assert.NotEqual(TimeSpan.Zero, _throttle.Count(Account));
        _time.Advance(TimeSpan.FromHours(2));
        Fail(Account, SignInThrottle.FreeByAccount);
    }

    [Fact]
    public void An_address_that_tries_many_names_waits_and_other_addresses_do_not()
    {
        for (var i = 0; i < SignInThrottle.FreeByAddress; i++)
            Assert.Equal(TimeSpan.Zero, _throttle.Count(SignInKey.Account($"USER{i}"), Address));
        Assert.Equal(TimeSpan.FromSeconds(5), _throttle.Count(SignInKey.Account("ONE MORE"), Address));
        Assert.Equal(TimeSpan.Zero, _throttle.Count(SignInKey.Account("ONE MORE"), SignInKey.Address(IPAddress.Parse("192.0.2.2"))));
    }

    [Fact]
    public void A_right_password_frees_its_account_and_takes_back_no_more_than_its_own_attempt_from_the_address()
    {
        for (var i = 0; i < SignInThrottle.FreeByAddress - 1; i++)
            Fail(Address, 1);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(TimeSpan.Zero, _throttle.Count(Account, Address));
            _throttle.Succeeded(Account, Address);
        }
        Fail(Address, 1);
        Assert.NotEqual(TimeSpan.Zero, _throttle.DelayOf(Address));
        Fail(Account, SignInThrottle.FreeByAccount);
    }

    [Fact]
    public void A_known_browser_is_counted_apart_from_its_account()
    {
        Fail(Account, SignInThrottle.FreeByAccount);
        var user = Guid.NewGuid();
        Assert.Equal(TimeSpan.Zero, _throttle.DelayOf(SignInKey.Browser(user, Guid.NewGuid())));
        var browser = SignInKey.Browser(user, Guid.NewGuid());
        Fail(browser, SignInThrottle.FreeByAccount);
        Assert.NotEqual(TimeSpan.Zero, _throttle.DelayOf(browser));
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1", true)]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.2", false)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    public void IPv6_counts_by_64_bits_and_IPv4_by_the_address(string first, string second, bool same) =>
        Assert.Equal(same, SignInKey.Address(IPAddress.Parse(first)) == SignInKey.Address(IPAddress.Parse(second)));

    [Fact]
    public void Other_names_push_no_counter_out_that_has_more_failures()
    {
        Fail(Account, SignInThrottle.FreeByAccount);
        for (var i = 0; i < SignInThrottle.Capacity + 100; i++)
            Fail(SignInKey.Account($"USER{i}"), 1);
        Assert.NotEqual(TimeSpan.Zero, _throttle.DelayOf(Account));
    }

    private void Fail(SignInKey key, int times)
    {
        for (var i = 0; i < times; i++)
            Assert.Equal(TimeSpan.Zero, _throttle.Count(key));
    }
}
