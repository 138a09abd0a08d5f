using ATStatus.Core.Sending;

namespace ATStatus.Tests.Sending;

/// <summary>One way of writing, or of hiding, a target that must not be reached, and how it has to end.</summary>
/// <param name="Url">What is typed; <c>{port}</c> stands for the port where the test listens on every address of the machine.</param>
/// <param name="FormError">Words of the form's error; null when the form has no reason to refuse it (yet).</param>
/// <param name="Sent">How an attempt ends when the URL stands in a saved row all the same.</param>
internal sealed record GuardAttack(string Url, string? FormError, FailureKind Sent)
{
    /// <summary>What the URL's name resolves to while the form is filled in; none: it does not resolve.</summary>
    public string[] Typed { get; init; } = [];

    /// <summary>What it resolves to by the time something is sent.</summary>
    public string[] Later { get; init; } = [];
}

/// <summary>
/// The table of tricks: each goes through the form, a saved row's delivery and a test-send, with the guard as it is out of the box.
/// </summary>
internal static class GuardAttacks
{
    internal const string GuardedText = "Webhooks:AllowedNetworks";
    private const string NoUrl = "begin with https://";
    private const string Blank = "blank";
    private const string User = "user name";
    private const string Fragment = "fragment";
    private const string NoHost = "host name or port";

    /// <summary>The attacks by the name that a test report shows.</summary>
    public static IReadOnlyDictionary<string, GuardAttack> All { get; } = Groups()
        .SelectMany(group => group.Attacks.Select(attack => (Name: $"{group.Name}: {attack.Url}", attack)))
        .ToDictionary(row => row.Name, row => row.attack, StringComparer.Ordinal);

    private static IEnumerable<(string Name, IEnumerable<GuardAttack> Attacks)> Groups()
    {
        yield return ("IPv4 forms", Hosts(
            "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0X7F000001", "0x7f.1", "0x7f.0x0.0x0.0x1", "0177.0.0.1", "0177.1",
            "017700000001", "0177.0x0.0.1", "00000177.0.0.01", "127.0.0.1.", "0x7f000001.", "127.255.255.254", "0", "0.0.0.0", "0x0",
            "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518"));
        yield return ("guarded IPv4", Hosts(
            "10.0.0.5", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "169.254.0.23", "192.0.0.8", "192.0.2.1", "198.18.0.1",
            "198.51.100.7", "203.0.113.7", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.88.99.1"));
        yield return ("metadata", Hosts(
            "169.254.169.254", "169.254.169.254.", "169.254.170.2", "169.254.170.23", "100.100.100.200", "168.63.129.16", "192.0.0.192",
            "[fd00:ec2::254]", "[fd20:ce::254]", "[fe80::a9fe:a9fe]", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::]"));
        yield return ("metadata names", Names(
            ("metadata.google.internal", "169.254.169.254"), ("metadata.google.internal.", "169.254.169.254"),
            ("instance-data.ec2.internal", "fd00:ec2::254"), ("169-254-169-254.nip.example", "169.254.169.254")));
        yield return ("IPv6 forms", Hosts(
            "[::1]", "[0:0:0:0:0:0:0:1]", "[0000:0000:0000:0000:0000:0000:0000:0001]", "[::0.0.0.1]", "[::]", "[::127.0.0.1]", "[::7f00:1]",
            "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:1]", "[::FFFF:7F00:1]", "[::ffff:0:127.0.0.1]", "[::ffff:10.0.0.5]"));
        yield return ("IPv6 that carries IPv4", Hosts(
            "[64:ff9b::127.0.0.1]", "[64:ff9b::10.0.0.5]", "[64:ff9b::8.8.8.8]", "[64:ff9b:1::127.0.0.1]", "[64:ff9b:1:a9fe:a9:fe00::]",
            "[2002:7f00:1::]", "[2002:a00:5::1]", "[2002:808:808::1]", "[2001::80ff:fffe]", "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
            "[2606:4700::5efe:127.0.0.1]", "[2606:4700::200:5efe:a9fe:a9fe]", "[fe80::5efe:10.0.0.5]"));
        yield return ("guarded IPv6", Hosts(
            "[fc00::1]", "[fd12:3456::1]", "[fe80::1]", "[febf::1]", "[fec0::1]", "[ff02::1]", "[ff0e::1]", "[2001:db8::1]", "[3fff::1]",
            "[100::1]", "[2001:2::1]", "[2001:10::1]", "[5f00::1]", "[4000::1]", "[64:ff9c::1]"));
        yield return ("zone ids", Hosts("[::1%1]", "[::1%251]", "[::1%25lo]", "[::1%25]", "[fe80::1%1]", "[fe80::1%25eth0]").Select(a => a with { FormError = NoHost }));
        yield return ("localhost", Hosts("localhost", "LOCALHOST", "LocalHost.", "a.localhost", "a.b.localhost.", "localhost.localhost", "127.0.0.1.localhost"));
        yield return ("look-alikes of localhost", Hosts(
            "\u24DB\u24DE\u24D2\u24D0\u24DB\u24D7\u24DE\u24E2\u24E3", "\uFF4Cocalhost", "\uFF2C\uFF2F\uFF23\uFF21\uFF2C\uFF28\uFF2F\uFF33\uFF34",
            "local\u00ADhost", "loc\u200Balhost", "local\u2060host", "localhost\u3002", "a\uFF0Elocalhost", "\u2113ocalhost", "\u217Cocalhost",
            "lo\U0001D41Calhost"));
        yield return ("look-alikes of addresses", Hosts(
            "\uFF11\uFF12\uFF17.\uFF10.\uFF10.\uFF11", "\u2460\u2461\u2466.\u24EA.\u24EA.\u2460", "127\u30020\u30020\u30021",
            "127\uFF0E0\uFF0E0\uFF0E1", "127\uFF610\uFF610\uFF611", "169.254.169.25\u2074", "127.0.0.1\u200B", "\uFEFF127.0.0.1"));
        yield return ("names", Names(
            ("loopback.example", "127.0.0.1"), ("loopback.example.", "127.0.0.1"), ("LOOPBACK.Example", "127.0.0.1"), ("six.example", "::1"),
            ("mapped.example", "::ffff:127.0.0.1"), ("compatible.example", "::127.0.0.1"), ("nat64.example", "64:ff9b::7f00:1"),
            ("sixtofour.example", "2002:7f00:1::"), ("private.example", "10.0.0.5"), ("cgnat.example", "100.64.0.1"),
            ("unique-local.example", "fd12::1"), ("link-local.example", "fe80::1%1"), ("unspecified.example", "0.0.0.0"), ("any.example", "::"),
            ("multicast.example", "224.0.0.1"), ("localhost.localdomain", "127.0.0.1"), ("ip6-localhost", "::1"), ("localtest.example", "127.0.0.1"),
            ("127.0.0.1.nip.example", "127.0.0.1"), ("host.docker.internal", "192.168.65.2"), ("kubernetes.default.svc", "10.96.0.1"),
            ("b\u00FCcher.example", "127.0.0.1"), ("08.0.0.1", "127.0.0.1"), ("0x1ffffffff", "127.0.0.1")));
        yield return ("names that mix", Names(
            ("mixed.example", "8.8.8.8 127.0.0.1"), ("mixed-first.example", "127.0.0.1 8.8.8.8"), ("mixed-six.example", "2606:4700::1111 ::1"),
            ("mixed-families.example", "8.8.8.8 fd12::1"), ("mixed-last.example", "8.8.8.8 1.1.1.1 2606:4700::1111 ::ffff:10.0.0.5")));
        yield return ("names that change their mind", Rebinding(
            ("rebind.example", "8.8.8.8", "127.0.0.1"), ("rebind-six.example", "2606:4700::1111", "::1"),
            ("rebind-metadata.example", "8.8.8.8", "169.254.169.254"), ("rebind-mix.example", "8.8.8.8", "8.8.8.8 127.0.0.1"),
            ("rebind-mapped.example", "8.8.8.8", "::ffff:127.0.0.1"), ("rebind-late.example", "", "127.0.0.1")));
        yield return ("names of nobody", Unknown(
            "\u043Bocalhost", "l\u043Ecalhost", "localhos\u0442", "lo\u00E7alhost", "\u017Flocalhost", "localhost\u2044.example", "\u0660.0.0.1",
            "\u202E1.0.0.721", "localhost.example", "127.0.0.1.example", "256.0.0.1", "127.0.0.256", "4294967297", "127.0.0.0.1", "test-receiver.invalid."));
        yield return ("user info", Hosts("8.8.8.8@127.0.0.1", "user:pass@127.0.0.1", "hooks.example:443@127.0.0.1", "@127.0.0.1", "%40@127.0.0.1", "127.0.0.1%2f@[::1]")
            .Select(attack => attack with { FormError = User }));
        yield return ("percent-encoded", Broken(
            "http://%31%32%37.0.0.1:{port}/", "http://127%2e0%2e0%2e1:{port}/", "http://%6cocalhost:{port}/", "http://localhos%74:{port}/",
            "http://127.0.0.1%00:{port}/", "http://localhost%2e:{port}/", "http://localhost%E3%80%82:{port}/", "http://8.8.8.8%40127.0.0.1:{port}/"));
        yield return ("slashes and brackets", Broken(
            "http:127.0.0.1:{port}/", "http:/127.0.0.1:{port}/", "http:///127.0.0.1:{port}/", "http:////127.0.0.1:{port}/", "//127.0.0.1:{port}/",
            "127.0.0.1:{port}/", "localhost:{port}/", "http://::1:{port}/", "http://[::1:{port}/", "http://[127.0.0.1]:{port}/", "http://[::1/128]:{port}/",
            "http://[::ffff:127.1]:{port}/", "http://[::ffff:0177.0.0.1]:{port}/", "http://[v1.fe80::a]:{port}/", "http://a@b@127.0.0.1:{port}/",
            "http://{127.0.0.1}:{port}/", "http://127.0.0.1,8.8.8.8:{port}/", "http://127.0.0.1..:{port}/", "http://.localhost:{port}/", "http://", "http:///hook"));
        yield return ("ports", Broken(
            "http://127.0.0.1:65536/", "http://127.0.0.1:99999999999/", "http://127.0.0.1:-1/", "http://127.0.0.1:+{port}/", "http://127.0.0.1:0x50/",
            "http://127.0.0.1:{port}:{port}/"));
        yield return ("ports", [new("http://127.0.0.1:0/", NoHost, FailureKind.AddressRefused), new("http://hooks.example:0/", NoHost, FailureKind.Dns)]);
        yield return ("schemes", Broken(
            "file:///etc/passwd", "file://127.0.0.1/etc/passwd", "ftp://127.0.0.1:{port}/", "gopher://127.0.0.1:{port}/_POST", "ws://127.0.0.1:{port}/",
            "wss://127.0.0.1:{port}/", "dict://127.0.0.1:{port}/", "ldap://127.0.0.1:{port}/", "unix:///var/run/docker.sock",
            "http+unix://%2Fvar%2Frun%2Fdocker.sock/", "javascript:fetch('http://127.0.0.1:{port}/')", "data:text/plain,hook", "about:blank",
            "view-source:http://127.0.0.1:{port}/", "feed:http://127.0.0.1:{port}/", "httpx://127.0.0.1:{port}/", "\uFEFFhttp://127.0.0.1:{port}/"));
        yield return ("other schemes' letters", [Guarded("HTTP://127.0.0.1:{port}/"), Guarded("https://127.0.0.1:{port}/"), Guarded("  http://127.0.0.1:{port}/  ")]);
        yield return ("blanks and backslashes",
        [
            .. Blanks(
                "http\t://127.0.0.1:{port}/", "ht\ntp://127.0.0.1:{port}/", "http://127.0.0.1\t:{port}/", "http://127.0\n.0.1:{port}/", "http:// 127.0.0.1:{port}/",
                "http://127.0.0.1 :{port}/", "http://127.0.0.1\0:{port}/", "http:\\\\127.0.0.1:{port}\\", "\\\\127.0.0.1:{port}\\hook",
                "http://hooks.example\\@127.0.0.1:{port}/", "http://127.0.0.1:{port}\\@hooks.example/"),
            new("http:/\\127.0.0.1:{port}/", Blank, FailureKind.AddressRefused),
            new("http://127.0.0.1:{port}/\r\nHost: hooks.example", Blank, FailureKind.AddressRefused),
            new("http://127.0.0.1\u00A0:{port}/", Blank, FailureKind.Connection),
        ]);
        yield return ("hosts without a name", Unknown(
            "\u2100.example", "127.0.0.1\uFF0F8.8.8.8", "localhost\uFF0F.example", "localhost\uFF1A80", "-localhost").Select(a => a with { FormError = NoHost }));
        yield return ("fragments",
        [
            new("http://127.0.0.1:{port}/#hook", Fragment, FailureKind.AddressRefused),
            new("http://127.0.0.1:{port}#@hooks.example/", Fragment, FailureKind.AddressRefused),
            new("http://hooks.example#@127.0.0.1:{port}/", Fragment, FailureKind.Dns),
        ]);
        yield return ("what follows the host",
        [
            Guarded("http://127.0.0.1:{port}?hook"), Guarded("http://127.0.0.1:{port}/@hooks.example"), Guarded("http://127.0.0.1:{port}/%2e%2e/"),
            Guarded("http://[::1]x:{port}/"), new("http://hooks.example?@127.0.0.1:{port}/", null, FailureKind.Dns),
            new("http://hooks.example:{port}/@127.0.0.1", null, FailureKind.Dns),
        ]);
    }

    private static GuardAttack Guarded(string url) => new(url, GuardedText, FailureKind.AddressRefused);

    private static IEnumerable<GuardAttack> Hosts(params string[] hosts) => hosts.Select(host => Guarded($"http://{host}:{{port}}/hook"));

    private static IEnumerable<GuardAttack> Names(params (string Host, string Addresses)[] names) => names.Select(name =>
        Guarded($"http://{name.Host}:{{port}}/hook") with { Typed = Split(name.Addresses), Later = Split(name.Addresses) });

    /// <summary>What the form may accept and an attempt must refuse.</summary>
    private static IEnumerable<GuardAttack> Rebinding(params (string Host, string Typed, string Later)[] names) => names.Select(name =>
        Guarded($"http://{name.Host}:{{port}}/hook") with { FormError = null, Typed = Split(name.Typed), Later = Split(name.Later) });

    /// <summary>Names like any other that nobody has registered: the form warns, an attempt finds no address.</summary>
    private static IEnumerable<GuardAttack> Unknown(params string[] hosts) =>
        hosts.Select(host => new GuardAttack($"http://{host}:{{port}}/hook", null, FailureKind.Dns));

    private static IEnumerable<GuardAttack> Blanks(params string[] urls) => urls.Select(url => new GuardAttack(url, Blank, FailureKind.Connection));

    /// <summary>No http or https URL at all.</summary>
    private static IEnumerable<GuardAttack> Broken(params string[] urls) => urls.Select(url => new GuardAttack(url, NoUrl, FailureKind.Connection));

    private static string[] Split(string addresses) => addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
