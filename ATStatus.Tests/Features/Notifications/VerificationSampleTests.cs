using System.Diagnostics;
using System.Text;
using ATStatus.Admin.Features.Notifications.Receivers;
using ATStatus.Core.Events;
using ATStatus.Core.Notifications;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Features.Notifications;

/// <summary>The code of the page for receivers, word for word, on a request that was really received. Needs each language's own program.</summary>
public sealed class VerificationSampleTests
{
    private const string Secret = "whsec_c2VjcmV0 ö";

    /// <summary>What is around a sample: it reads a body and answers, a line each, whether each of the given headers verifies.</summary>
    private static readonly Dictionary<string, (TestRequirement Program, string File, string Before, string After, string[] Run)> Harnesses = new()
    {
        ["node"] = (TestRequirement.Node, "verify.js", "", """

            const [file, secret, ...rest] = process.argv.slice(2);
            const headers = {};
            for (let i = 0; i < rest.length; i += 2) headers[rest[i].toLowerCase()] = rest[i + 1];
            console.log(verify(require('fs').readFileSync(file), headers, secret) ? 'true' : 'false');
            """, ["node"]),
        ["python"] = (TestRequirement.Program("python3", "Python 3"), "verify.py", "", """

            import sys
            rest = sys.argv[3:]
            with open(sys.argv[1], 'rb') as body:
                print('true' if verify(body.read(), dict(zip(rest[::2], rest[1::2])), sys.argv[2]) else 'false')
            """, ["python3"]),
        ["php"] = (TestRequirement.Program("php", "PHP"), "verify.php", "", """

            $headers = [];
            for ($i = 3; $i < $argc; $i += 2) $headers[$argv[$i]] = $argv[$i + 1];
            echo verify(file_get_contents($argv[1]), $headers, $argv[2]) ? 'true' : 'false';
            """, ["php"]),
        ["ruby"] = (TestRequirement.Program("ruby", "Ruby"), "verify.rb", "", """

            puts verify(File.binread(ARGV[0]), Hash[*ARGV[2..]], ARGV[1])
            """, ["ruby"]),
        ["java"] = (TestRequirement.Program("java", "a JDK"), "Run.java", """
            class Run {
                public static void main(String[] args) throws Exception {
                    var headers = new java.util.HashMap<String, String>();
                    for (int i = 2; i < args.length; i += 2) headers.put(args[i], args[i + 1]);
                    System.out.println(Webhook.verify(java.nio.file.Files.readAllBytes(java.nio.file.Path.of(args[0])), headers::get, args[1]));
                }
            }

            """, "", ["java", "-Dfile.encoding=UTF-8"]),
        ["go"] = (TestRequirement.Program("go", "Go"), "main.go", "", """

            func main() {
            	body, _ := os.ReadFile(os.Args[1])
            	header := http.Header{}
            	for i := 3; i < len(os.Args); i += 2 {
            		header.Set(os.Args[i], os.Args[i+1])
            	}
            	fmt.Println(Verify(body, header, os.Args[2]))
            }
            """, ["go", "run"]),
        ["csharp"] = (TestRequirement.Program("dotnet", "the .NET SDK"), "verify.cs", """
            var headers = new Dictionary<string, string>();
            for (int i = 2; i < args.Length; i += 2) headers[args[i]] = args[i + 1];
            Console.WriteLine(Webhook.Verify(File.ReadAllBytes(args[0]), headers.GetValueOrDefault, args[1]) ? "true" : "false");

            """, "", ["dotnet", "run", "--file"]),
    };

    public static TheoryData<string> Languages => [.. VerificationSample.All.Select(sample => sample.Name)];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_language_that_was_promised_is_there() =>
        Assert.Equal(["node", "csharp", "python", "go", "php", "ruby", "java"], VerificationSample.All.Select(s => s.Name));

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task It_accepts_what_was_received_and_nothing_else(string language)
    {
        var harness = Harnesses[language];
        harness.Program.Demand();
        var (body, signature, previous) = await ReceiveAsync();
        var folder = Directory.CreateTempSubdirectory("atstatus-verify-");
        try
        {
            var program = Path.Combine(folder.FullName, harness.File);
            await File.WriteAllTextAsync(program, ProgramOf(language, harness.Before, harness.After), Stop);
            var (right, wrong) = (Path.Combine(folder.FullName, "body"), Path.Combine(folder.FullName, "other"));
            await File.WriteAllBytesAsync(right, body, Stop);
            await File.WriteAllBytesAsync(wrong, [.. body.SkipLast(1), (byte)' '], Stop);
            string[] run = [.. harness.Run, program, .. language == "csharp" ? new[] { "--" } : []];

            Assert.Equal("true", await RunAsync(folder.FullName, [.. run, right, Secret, "X-Webhook-Signature", signature]));
            // A receiver that still has the old secret.
            Assert.Equal("true", await RunAsync(
                folder.FullName, [.. run, right, "the old one", "X-Webhook-Signature", signature, "X-Webhook-Signature-Previous", previous]));
            Assert.Equal("false", await RunAsync(folder.FullName, [.. run, wrong, Secret, "X-Webhook-Signature", signature]));
            Assert.Equal("false", await RunAsync(folder.FullName, [.. run, right, "guessed", "X-Webhook-Signature", signature]));
            Assert.Equal("false", await RunAsync(folder.FullName, [.. run, right, Secret, "X-Webhook-Signature", "no hex, and short"]));
            Assert.Equal("false", await RunAsync(folder.FullName, [.. run, right, Secret]));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // Go wants its imports in one place and a package called main; everything else is appended as it stands.
    private static string ProgramOf(string language, string before, string after)
    {
        var code = VerificationSample.Find(language).Code();
        if (language == "go")
            code = code.Replace("package webhook", "package main", StringComparison.Ordinal).Replace("\"net/http\"", "\"fmt\"\n\t\"net/http\"\n\t\"os\"", StringComparison.Ordinal);
        // C# and Java want what runs first behind the imports and before the types.
        var imports = string.Concat(code.Split('\n').TakeWhile(line => line.StartsWith("using", StringComparison.Ordinal) || line.StartsWith("import", StringComparison.Ordinal)).Select(line => line + "\n"));
        return before.Length == 0 ? code + after : imports + before + code[imports.Length..] + after;
    }

    /// <summary>A delivery as a receiver gets it while two secrets sign.</summary>
    private static async Task<(byte[] Body, string Signature, string Previous)> ReceiveAsync()
    {
        await using var receiver = LoopbackReceiver.Start();
        await using var app = await CoreApp.StartAsync();
        var page = await app.SampleDataAsync();
        var id = await app.NotificationAsync(receiver.Url, "the old one", events: EventType.ComponentCreated);
        var saved = (await app.Get<NotificationQueries>().FindAsync(id, Stop))!;
        await app.Get<NotificationService>().UpdateAsync(
            id, saved.Version,
            new NotificationInput(
                "webhook", saved.Name, new(saved.Url, Secret) { SecretOverlap = TimeSpan.FromHours(1) },
                new(saved.Subscription.Events)), Stop);
        await app.Get<Core.StatusPages.ComponentService>().CreateAsync(
            new Core.StatusPages.ComponentInput(page.Id, "Zahlung “ü” 🚨 <&>", ComponentStatus.Operational), Stop);
        await app.RunJobAsync((await app.DeliveriesAsync())[^1].Id);
        var request = Assert.Single(receiver.Requests);
        return (Encoding.UTF8.GetBytes(request.Text), request.Header("X-Webhook-Signature")!, request.Header("X-Webhook-Signature-Previous")!);
    }

    private static async Task<string> RunAsync(string folder, string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // Go keeps what it has built below the home folder, which need not be there.
        start.Environment["GOCACHE"] = Path.Combine(folder, "go-cache");
        start.Environment["GO111MODULE"] = "off";
        start.Environment["LC_ALL"] = "C.UTF-8";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Stop);
        var errors = process.StandardError.ReadToEndAsync(Stop);
        await process.WaitForExitAsync(Stop);
        Assert.True(process.ExitCode == 0, $"{command[0]} ended with {process.ExitCode}: {await errors}");
        return (await output).Trim();
    }
}
