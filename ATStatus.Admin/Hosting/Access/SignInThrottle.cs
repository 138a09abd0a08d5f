using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace ATStatus.Admin.Hosting.Access;

/// <summary>
/// Counts attempts to sign in, before their password is looked at, and makes the next one wait the longer the more have failed: by
/// the name that was typed, whether there is such an account or not, and by the address they come from. A browser that has signed in to
/// the account before has a counter of its own instead, so that a stranger cannot lock it out. Kept in the memory of this instance: it
/// counts while the database cannot be written, and a restart forgets it.
/// </summary>
internal sealed class SignInThrottle(TimeProvider time)
{
    /// <summary>The longest wait.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(15);

    /// <summary>Attempts at one account that may fail before there is a wait.</summary>
    public const int FreeByAccount = 5;

    /// <summary>Attempts from one address that may fail before there is a wait.</summary>
    public const int FreeByAddress = 10;

    /// <summary>
    /// How many counters are kept. Where there would be more, the one with the fewest failures goes: to push a counter out takes as
    /// many failures at each of that many other names.
    /// </summary>
    public const int Capacity = 20_000;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(5);

    // An office behind one address mistypes more often than one person.
    private static readonly TimeSpan ForgottenByAccount = TimeSpan.FromMinutes(15), ForgottenByAddress = TimeSpan.FromMinutes(2);

    // So many more doublings reach the longest wait; to count on would only take longer to forget.
    private static readonly int Doublings = (int)Math.Ceiling(Math.Log2(LongestDelay / FirstDelay));

    private readonly Lock _lock = new();
    private readonly Dictionary<SignInKey, Counter> _counters = [];

    /// <summary>How long an attempt under these keys has to wait; zero when it may come. Counts nothing.</summary>
    public TimeSpan DelayOf(params ReadOnlySpan<SignInKey> keys)
    {
        lock (_lock)
            return Longest(keys, Now);
    }

    /// <summary>Counts an attempt, unless it has to wait.</summary>
    /// <returns>How long it has to wait; zero when it was counted and its password may be looked at.</returns>
    public TimeSpan Count(params ReadOnlySpan<SignInKey> keys)
    {
        lock (_lock)
        {
            var now = Now;
            if (Longest(keys, now) is var delay && delay > TimeSpan.Zero)
                return delay;
            foreach (var key in keys)
            {
                var free = RuleOf(key).Free;
                var failures = Math.Min((Settled(key, now)?.Failures ?? 0) + 1, free + Doublings);
                Keep(key, new Counter(failures, Since: now, OpenAt: now + Delay(failures, free)), now);
            }
            return TimeSpan.Zero;
        }
    }

    /// <summary>An attempt that was counted had the right password: the account's counter is forgotten, the address's loses this one.</summary>
    public void Succeeded(params ReadOnlySpan<SignInKey> keys)
    {
        lock (_lock)
        {
            foreach (var key in keys)
            {
                if (key.Kind == SignInKeyKind.Address && Settled(key, Now) is { } counter)
                    _counters[key] = counter with { Failures = counter.Failures - 1, OpenAt = Now };
                else
                    _counters.Remove(key);
            }
        }
    }

    private TimeSpan Now => time.GetElapsedTime(0);

    private static (int Free, TimeSpan Forgotten) RuleOf(SignInKey key) =>
        key.Kind == SignInKeyKind.Address ? (FreeByAddress, ForgottenByAddress) : (FreeByAccount, ForgottenByAccount);

    private static TimeSpan Delay(int failures, int free)
    {
        if (failures < free)
            return TimeSpan.Zero;
        var delay = FirstDelay * Math.Pow(2, failures - free);
        return delay < LongestDelay ? delay : LongestDelay;
    }

    private TimeSpan Longest(ReadOnlySpan<SignInKey> keys, TimeSpan now)
    {
        var longest = TimeSpan.Zero;
        foreach (var key in keys)
        {
            if (_counters.TryGetValue(key, out var counter) && counter.OpenAt - now > longest)
                longest = counter.OpenAt - now;
        }
        return longest;
    }

    /// <summary>The counter without the failures that are long ago; null when none is left.</summary>
    private Counter? Settled(SignInKey key, TimeSpan now)
    {
        if (!_counters.TryGetValue(key, out var counter))
            return null;
        var forgotten = RuleOf(key).Forgotten;
        var gone = (int)Math.Min((now - counter.Since) / forgotten, counter.Failures);
        return gone == counter.Failures ? null : counter with { Failures = counter.Failures - gone, Since = counter.Since + gone * forgotten };
    }

    private void Keep(SignInKey key, Counter counter, TimeSpan now)
    {
        if (_counters.Count >= Capacity && !_counters.ContainsKey(key))
        {
            foreach (var old in _counters.Keys.Where(k => Settled(k, now) is null).ToList())
                _counters.Remove(old);
            if (_counters.Count >= Capacity)
                _counters.Remove(_counters.MinBy(entry => (Settled(entry.Key, now)!.Value.Failures, entry.Value.OpenAt)).Key);
        }
        _counters[key] = counter;
    }

    /// <param name="Failures">Attempts that were counted and not forgotten.</param>
    /// <param name="Since">From when on the next of them is being forgotten.</param>
    /// <param name="OpenAt">When the next attempt may come.</param>
    private readonly record struct Counter(int Failures, TimeSpan Since, TimeSpan OpenAt);
}

/// <summary>What attempts are counted by.</summary>
internal enum SignInKeyKind
{
    /// <summary>The name of an account, whether it exists or not.</summary>
    Account,

    /// <summary>A known browser and its account.</summary>
    Browser,

    /// <summary>A network address.</summary>
    Address,
}

/// <summary>What an attempt is counted by, in a few bytes whatever was typed.</summary>
internal readonly record struct SignInKey(SignInKeyKind Kind, UInt128 Digest)
{
    /// <summary>The key of a normalised account name.</summary>
    public static SignInKey Account(string normalizedName) => new(SignInKeyKind.Account, DigestOf(Encoding.UTF8.GetBytes(normalizedName)));

    /// <summary>The key of a known browser.</summary>
    public static SignInKey Browser(Guid user, Guid browser) => new(SignInKeyKind.Browser, DigestOf([.. user.ToByteArray(), .. browser.ToByteArray()]));

    /// <summary>The key of an address. One customer has a whole /64 of IPv6; IPv4 within IPv6 is the IPv4 address.</summary>
    public static SignInKey Address(IPAddress? address)
    {
        if (address is { IsIPv4MappedToIPv6: true })
            address = address.MapToIPv4();
        var bytes = address?.GetAddressBytes() ?? [];
        return new(SignInKeyKind.Address, DigestOf(bytes.Length == 16 ? bytes.AsSpan(0, 8) : bytes));
    }

    private static UInt128 DigestOf(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(bytes));
}
