using System.Net;
using ATStatus.Admin.Hosting;
using ATStatus.Admin.Hosting.Configuration;
using ATStatus.Core.Persistence;
using Microsoft.Data.SqlClient;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace ATStatus.Tests.Hosting;

public sealed class SettingsTests
{
    [Fact]
    public void Nothing_set_means_the_documented_defaults()
    {
        var settings = Read("Production");
        Assert.Equal(DatabaseProvider.Sqlite, settings.Database.Provider);
        Assert.Equal(Path.Combine(Root, "data", "atstatus.db"), settings.SqliteFile);
        Assert.Equal(TimeSpan.FromSeconds(10), settings.Webhooks.Timeout);
        Assert.Equal(3, settings.Webhooks.MaxAttempts);
        Assert.Equal(TimeSpan.FromMinutes(1), settings.Webhooks.RetryBaseDelay);
        Assert.Equal(5, settings.Webhooks.RetryFactor);
        Assert.Equal(0.1, settings.Webhooks.RetryJitter);
        Assert.Empty(settings.Webhooks.AllowedNetworks);
        Assert.False(settings.Webhooks.RequireHttps);
        Assert.Equal(50, settings.Webhooks.Workers);
        Assert.Equal(262_144, settings.Webhooks.MaxPayload);
        Assert.Equal(TimeSpan.FromDays(30), settings.Webhooks.KeepDelivered);
        Assert.Equal(TimeSpan.FromDays(90), settings.Webhooks.KeepFailed);
        Assert.False(settings.Webhooks.AllowInsecureTls);
        Assert.Null(settings.Webhooks.Proxy);
        Assert.Equal(TimeSpan.FromDays(1), settings.Incidents.RemindAfter);
        Assert.Null(settings.FirstAccount);
        Assert.Equal("", settings.Hosting.PathBase);
        Assert.Empty(settings.Hosting.KnownProxies);
        Assert.Null(settings.Hosting.PublicUrl);
        Assert.Null(settings.DataProtection.Certificate);
        Assert.Empty(settings.DataProtection.Previous);
        Assert.Empty(SettingWarnings.Of(settings));
        Assert.Equal(new TelemetrySettings(null, ExportsMetrics: false, ExportsTraces: false), settings.Telemetry);
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", true, true)]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", true, false)]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", false, true)]
    public void A_collector_gets_what_OpenTelemetrys_keys_say(string key, bool metrics, bool traces) => Assert.Equal(
        new TelemetrySettings(null, metrics, traces), Read("Production", (key, "https://collector.example:4317")).Telemetry);

    [Fact]
    public void A_token_for_metrics_is_taken_without_blanks_around_it_and_never_shown()
    {
        var settings = Read("Production", ("Metrics:Token", " 0123456789abcdef\n"));
        Assert.Equal("0123456789abcdef", settings.Telemetry.MetricsToken);
        Assert.DoesNotContain("0123456789abcdef", settings.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Development_lets_loopback_through_unless_something_is_said()
    {
        Assert.Equal([IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")], Read("Development").Webhooks.AllowedNetworks);
        Assert.Empty(Read("Development", ("Webhooks:AllowedNetworks", "")).Webhooks.AllowedNetworks);
        Assert.Equal([IPNetwork.Parse("10.0.0.0/8")], Read("Development", ("Webhooks:AllowedNetworks:0", "10.0.0.0/8")).Webhooks.AllowedNetworks);
    }

    [Fact]
    public void The_log_is_kept_as_long_as_is_said_or_forever()
    {
        var webhooks = Read("Production", ("Webhooks:KeepDelivered", "7.00:00:00"), ("Webhooks:KeepFailed", "Never")).Webhooks;
        Assert.Equal(TimeSpan.FromDays(7), webhooks.KeepDelivered);
        Assert.Null(webhooks.KeepFailed);
    }

    [Fact]
    public void Lists_are_arrays_or_one_text()
    {
        IPNetwork[] expected = [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("fd00::/8"), IPNetwork.Parse("192.168.0.0/16")];
        Assert.Equal(expected, Read("Production", ("Webhooks:AllowedNetworks", "10.0.0.0/8, fd00::/8 192.168.0.0/16")).Webhooks.AllowedNetworks);
        Assert.Equal(expected, Read(
            "Production", ("Webhooks:AllowedNetworks:0", "10.0.0.0/8"), ("Webhooks:AllowedNetworks:1", "fd00::/8"), ("Webhooks:AllowedNetworks:2", "192.168.0.0/16"))
            .Webhooks.AllowedNetworks);
        Assert.Equal(
            [IPNetwork.Parse("10.0.0.5/32"), IPNetwork.Parse("::1/128"), IPNetwork.Parse("172.16.0.0/12")],
            Read("Production", ("Hosting:KnownProxies", "10.0.0.5 ::1,172.16.0.0/12")).Hosting.KnownProxies);
    }

    [Fact]
    public void A_relative_file_is_relative_to_the_content_root()
    {
        var settings = Read("Production", ("ConnectionStrings:ATStatus", "Data Source=else/where.db;Cache=Private"));
        Assert.Equal(Path.Combine(Root, "else", "where.db"), settings.SqliteFile);
        Assert.Contains(settings.SqliteFile!, settings.Database.ConnectionString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/ops", "/ops")]
    [InlineData("/ops/status/", "/ops/status")]
    [InlineData("/", "")]
    public void A_path_base_loses_its_last_slash(string value, string expected) =>
        Assert.Equal(expected, Read("Production", ("Hosting:PathBase", value)).Hosting.PathBase);

    [Theory]
    [InlineData("Webhooks:Timeout", "banana", "Webhooks:Timeout takes a duration (hours:minutes:seconds) from 00:00:00.1 to 00:05:00; it is 'banana'.")]
    [InlineData("Webhooks:Timeout", "10", "Webhooks:Timeout takes a duration")]
    [InlineData("Webhooks:Timeout", "00:00:00.05", "Webhooks:Timeout takes a duration")]
    [InlineData("Webhooks:Timeout", "00:05:01", "Webhooks:Timeout takes a duration")]
    [InlineData("Webhooks:RetryBaseDelay", "60", "Webhooks:RetryBaseDelay takes a duration")]
    [InlineData("Webhooks:RetryBaseDelay", "-00:00:01", "Webhooks:RetryBaseDelay takes a duration")]
    [InlineData("Webhooks:MaxAttempts", "0", "Webhooks:MaxAttempts takes a whole number from 1 to 20; it is '0'.")]
    [InlineData("Webhooks:MaxAttempts", "21", "Webhooks:MaxAttempts takes")]
    [InlineData("Webhooks:MaxAttempts", "3.5", "Webhooks:MaxAttempts takes")]
    [InlineData("Webhooks:RetryFactor", "0.9", "Webhooks:RetryFactor takes a number from 1 to 100; it is '0.9'.")]
    [InlineData("Webhooks:RetryFactor", "NaN", "Webhooks:RetryFactor takes")]
    [InlineData("Webhooks:RetryFactor", "1,5", "Webhooks:RetryFactor takes")]
    [InlineData("Webhooks:RetryJitter", "1.01", "Webhooks:RetryJitter takes a number from 0 to 1")]
    [InlineData("Webhooks:RetryJitter", "-0.1", "Webhooks:RetryJitter takes")]
    [InlineData("Webhooks:Workers", "501", "Webhooks:Workers takes a whole number from 1 to 500")]
    [InlineData("Webhooks:Workers", "many", "Webhooks:Workers takes")]
    [InlineData("Webhooks:MaxPayload", "1023", "Webhooks:MaxPayload takes a whole number from 1024 to 10485760; it is '1023'.")]
    [InlineData("Webhooks:MaxPayload", "10485761", "Webhooks:MaxPayload takes")]
    [InlineData("Webhooks:MaxPayload", "256k", "Webhooks:MaxPayload takes")]
    [InlineData("Webhooks:RequireHttps", "yes", "Webhooks:RequireHttps takes true or false; it is 'yes'.")]
    [InlineData("Webhooks:AllowedNetworks", "10.0.0.1", "Webhooks:AllowedNetworks takes CIDR ranges such as 10.0.0.0/8 or fd00::/8; it is '10.0.0.1'.")]
    [InlineData("Webhooks:AllowedNetworks:0", "10.0.0.0/33", "Webhooks:AllowedNetworks takes CIDR ranges")]
    [InlineData("Webhooks:Timout", "00:00:10", "Webhooks:Timout is no setting; Webhooks takes Timeout, MaxAttempts,")]
    [InlineData("Webhooks:KeepDelivered", "30", "Webhooks:KeepDelivered takes a duration (days.hours:minutes:seconds) from 01:00:00 to 3650.00:00:00, or never; it is '30'.")]
    [InlineData("Webhooks:KeepFailed", "00:59:59", "Webhooks:KeepFailed takes a duration")]
    [InlineData("Webhooks:AllowInsecureTls", "maybe", "Webhooks:AllowInsecureTls takes true or false; it is 'maybe'.")]
    [InlineData("Webhooks:Proxy", "proxy.example.com:3128", "Webhooks:Proxy takes the URL of an HTTP proxy such as http://proxy.example.com:3128")]
    [InlineData("Webhooks:Proxy", "https://user:hunter2@proxy.example.com", "Webhooks:Proxy takes")]
    [InlineData("Webhooks:Proxy", "socks5://user:hunter2@proxy.example.com", "Webhooks:Proxy takes")]
    [InlineData("Webhooks:Proxy", "http://user:hunter2@proxy.example.com/path", "Webhooks:Proxy takes")]
    [InlineData("Webhooks:Proxy", "http://user:hunter2@/", "Webhooks:Proxy takes")]
    [InlineData("Database:Provider", "Postgres", "Database:Provider takes Sqlite or SqlServer; it is 'Postgres'.")]
    [InlineData("Database:Provider", "1", "Database:Provider takes Sqlite or SqlServer")]
    [InlineData("Database:Provder", "Sqlite", "Database:Provder is no setting; Database takes Provider.")]
    [InlineData("Database:Provider", "SqlServer", "ConnectionStrings:ATStatus takes, with Database:Provider SqlServer,")]
    [InlineData("ConnectionStrings:ATStatus", "Server=db;Password=hunter2", "ConnectionStrings:ATStatus takes, with Database:Provider Sqlite, 'Data Source=<file>'")]
    [InlineData("ConnectionStrings:ATStatus", "hunter2", "ConnectionStrings:ATStatus takes")]
    [InlineData("ConnectionStrings:ATStatus", "Data Source=:memory:", "ConnectionStrings:ATStatus takes")]
    [InlineData("Incidents:RemindAfter", "1", "Incidents:RemindAfter takes a duration (hours:minutes:seconds) from 00:01:00 to 365.00:00:00; it is '1'.")]
    [InlineData("Incidents:RemindAfter", "00:00:59", "Incidents:RemindAfter takes a duration")]
    [InlineData("Incidents:Remind", "1.00:00:00", "Incidents:Remind is no setting; Incidents takes RemindAfter.")]
    [InlineData("Metrics:Token", "hunter2", "Metrics:Token takes at least 16 characters, of letters, digits and -._~+/=,")]
    [InlineData("Metrics:Token", "hunter2 hunter2 hunter2", "Metrics:Token takes")]
    [InlineData("Metrics:Tokn", "x", "Metrics:Tokn is no setting; Metrics takes Token.")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317", "OTEL_EXPORTER_OTLP_ENDPOINT takes the URL of a collector such as http://localhost:4317.")]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "hunter2", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT takes the URL")]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "ftp://collector", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT takes the URL")]
    [InlineData("Hosting:PathBase", "ops", "Hosting:PathBase takes a path such as /status")]
    [InlineData("Hosting:PathBase", "/a//b", "Hosting:PathBase takes")]
    [InlineData("Hosting:PathBase", "/a/../b", "Hosting:PathBase takes")]
    [InlineData("Hosting:PathBase", "https://example.com/ops", "Hosting:PathBase takes")]
    [InlineData("Hosting:KnownProxies", "proxy.example.com", "Hosting:KnownProxies takes addresses or CIDR ranges such as 10.0.0.5 or 10.0.0.0/8")]
    [InlineData("Hosting:KnownProxies", "10", "Hosting:KnownProxies takes")]
    [InlineData("Hosting:KnownProxy", "10.0.0.5", "Hosting:KnownProxy is no setting; Hosting takes PathBase, KnownProxies")]
    [InlineData("Hosting:PublicUrl", "status.example.com", "Hosting:PublicUrl takes an address such as https://status-admin.example.com")]
    [InlineData("Hosting:PublicUrl", "ftp://status.example.com", "Hosting:PublicUrl takes")]
    [InlineData("Hosting:PublicUrl", "/ops", "Hosting:PublicUrl takes")]
    [InlineData("Hosting:PublicUrl", "https://", "Hosting:PublicUrl takes")]
    [InlineData("Hosting:PublicUrl", "https://status.example.com:99999", "Hosting:PublicUrl takes")]
    [InlineData("Hosting:PublicUrl", "https://admin:hunter2@status.example.com", "Hosting:PublicUrl takes")]
    [InlineData("Hosting:PublicUrl", "https://status.example.com/?a=b", "Hosting:PublicUrl takes")]
    [InlineData("Hosting:PublicUrl", "https://status.example.com/#a", "Hosting:PublicUrl takes")]
    [InlineData("DataProtection:Certficate", "x.pfx", "DataProtection:Certficate is no setting; DataProtection takes Certificate, CertificateKey, CertificatePassword, PreviousCertificates.")]
    [InlineData("DataProtection:Certificate", "none.pfx", "DataProtection:Certificate names none.pfx: there is no such file.")]
    [InlineData("DataProtection:PreviousCertificates", "none.pfx", "DataProtection:PreviousCertificates names none.pfx: there is no such file.")]
    [InlineData("DataProtection:PreviousCertificates:0", "none.pfx", "DataProtection:PreviousCertificates names none.pfx")]
    [InlineData("DataProtection:CertificateKey", "x.key", "DataProtection:Certificate is missing: DataProtection:CertificateKey takes")]
    [InlineData("DataProtection:CertificatePassword", "hunter2", "DataProtection:Certificate is missing: DataProtection:CertificatePassword takes")]
    [InlineData("Admin:Email", "admin@example.com", "Admin:Password is missing")]
    [InlineData("Admin:Password", "hunter2hunter2", "Admin:Email is missing")]
    [InlineData("urls", "localhost:5000", "urls takes addresses such as http://localhost:5000")]
    [InlineData("urls", "http://", "urls takes addresses")]
    [InlineData("urls", "http://localhost:99999", "urls takes addresses")]
    [InlineData("urls", "http://localhost:-1", "urls takes addresses")]
    [InlineData("urls", "http://localhost:port", "urls takes addresses")]
    [InlineData("urls", "http://[::zz]:5000", "urls takes addresses")]
    [InlineData("urls", "http://localhost:5000;https://x:70000", "urls takes addresses")]
    [InlineData("urls", "http://localhost:5000/ops", "urls takes addresses")]
    public void A_wrong_value_is_one_line_that_names_the_key(string key, string value, string expected)
    {
        var refused = Assert.Throws<StartRefusedException>(() => Read("Production", (key, value)));
        Assert.StartsWith(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Theory]
    [InlineData("http://localhost:5000")]
    [InlineData("http://*:80;https://+:443")]
    [InlineData("http://0.0.0.0:5000/")]
    [InlineData("http://[::]:5000")]
    [InlineData("http://unix:/run/atstatus.sock")]
    [InlineData("HTTP://status.example.com")]
    public void Addresses_to_listen_on_are_what_the_server_takes(string urls) => Read("Production", ("urls", urls));

    [Theory]
    [InlineData("Webhooks:AllowedNetworks", "0.0.0.0/0", true)]
    [InlineData("Webhooks:AllowedNetworks", "10.0.0.0/8, ::/0", true)]
    [InlineData("Webhooks:AllowedNetworks", "0.0.0.0/1, 128.0.0.0/1", true)]
    [InlineData("Webhooks:AllowedNetworks", "0.0.0.0/7", true)]
    [InlineData("Webhooks:AllowedNetworks", "8000::/1", true)]
    [InlineData("Webhooks:AllowedNetworks", "::ffff:0:0/96", true)]
    [InlineData("Webhooks:AllowedNetworks", "10.0.0.0/8, 11.0.0.0/8, 12.0.0.0/8, 13.0.0.0/8, 14.0.0.0/8", true)]
    [InlineData("Webhooks:AllowedNetworks", "10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 127.0.0.0/8, 100.64.0.0/10, fc00::/7", false)]
    [InlineData("Webhooks:AllowedNetworks", "::ffff:10.0.0.0/104", false)]
    [InlineData("Hosting:KnownProxies", "0.0.0.0/0", true)]
    [InlineData("Hosting:KnownProxies", "10.0.0.0/8, ::1", false)]
    [InlineData("Hosting:PublicUrl", "https://status.example.com/ops", true)]
    [InlineData("Hosting:PublicUrl", "https://status.example.com/", false)]
    public void What_is_wider_than_anybody_s_own_network_is_warned_of(string key, string value, bool warns) =>
        Assert.Equal(warns ? [key] : [], SettingWarnings.Of(Read("Production", (key, value))).Keys);

    [Fact]
    public void A_value_with_line_breaks_is_still_one_line()
    {
        var refused = Assert.Throws<StartRefusedException>(() => Read("Production", ("Webhooks:Timeout", "1\n2\r\n3")));
        Assert.DoesNotContain(refused.Message, char.IsControl);
    }

    [Fact]
    public void A_SQL_Server_connection_string_that_is_none_is_not_shown()
    {
        var refused = Assert.Throws<StartRefusedException>(() => Read(
            "Production", ("Database:Provider", "SqlServer"), ("ConnectionStrings:ATStatus", "Server=db;Database=x;Pasword=hunter2")));
        Assert.DoesNotContain("hunter2", refused.ToString(), StringComparison.Ordinal);
    }

    private static readonly string Root = Path.GetFullPath(Path.Combine(Path.GetTempPath(), "content-root"));

    [Fact]
    public void A_sql_server_s_pool_never_blocks_and_has_more_connections_than_workers()
    {
        var server = SqlServer("Server=db;Database=x", ("Webhooks:Workers", "80"));
        Assert.Equal(PoolBlockingPeriod.NeverBlock, server.PoolBlockingPeriod);
        // 80 sends, 80 jobs of events, 40 of retries.
        Assert.InRange(server.MaxPoolSize, 201, 1000);
    }

    [Fact]
    public void What_the_operator_says_of_the_pool_holds()
    {
        var server = SqlServer("Server=db;Database=x;Pool Blocking Period=Auto;Max Pool Size=7");
        Assert.Equal(PoolBlockingPeriod.Auto, server.PoolBlockingPeriod);
        Assert.Equal(7, server.MaxPoolSize);
        Assert.Equal(5000, SqlServer("Server=db;Database=x;Min Pool Size=5000").MaxPoolSize);
    }

    private static SqlConnectionStringBuilder SqlServer(string connection, params (string Key, string Value)[] others) => new(
        Read("Production", [("Database:Provider", "SqlServer"), ("ConnectionStrings:ATStatus", connection), .. others]).Database.ConnectionString);

    private static AdminSettings Read(string environment, params (string Key, string Value)[] values) => AdminSettings.Read(
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(v => KeyValuePair.Create(v.Key, (string?)v.Value))).Build(),
        new HostEnvironment(environment));

    private sealed class HostEnvironment(string name) : IHostEnvironment
    {
        public string ApplicationName { get; set; } = "ATStatus.Admin";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();

        public string ContentRootPath { get; set; } = Root;

        public string EnvironmentName { get; set; } = name;
    }
}
