using System.Runtime.Loader;
using System.Text;
using System.Text.Json;
using ATStatus.Tests.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace ATStatus.Tests.Api.Client;

/// <summary>
/// What a program does with a client that was generated for it. Written against the generated types, and compiled with them.
/// </summary>
public interface IClientStory
{
    /// <summary>Opens an incident, posts an update, resolves it, and returns the numbers of the events that followed.</summary>
    Task<IReadOnlyList<long>> RunAsync(string address, string key, int page, CancellationToken stop);

    /// <summary>Who was notified of an event: <c>name outcome</c> for each notification.</summary>
    Task<IReadOnlyList<string>> NotifiedAsync(long eventId, CancellationToken stop);

    /// <summary>What is answered to an incident without a title: the status, and the fields that are wrong.</summary>
    Task<string> RefusedAsync(int page, CancellationToken stop);
}

/// <summary>
/// A client that Kiota generates from a document. A test that calls it first demands <see cref="TestRequirement.Kiota"/>.
/// </summary>
internal static class GeneratedClient
{
    private const string Namespace = "ATStatus.Client";

    /// <summary>The only format of the API.</summary>
    private const string Json = "Microsoft.Kiota.Serialization.Json";

    /// <summary>Whether the tool is there in the version that the repository's tool manifest names.</summary>
    public static bool IsInstalled { get; } = Find();

    /// <summary>Generates it, compiles it with a program, and makes the program's story.</summary>
    /// <param name="document">The OpenAPI document.</param>
    /// <param name="program">The program's source.</param>
    public static async Task<IClientStory> StoryAsync(string document, string program)
    {
        var folder = Directory.CreateTempSubdirectory("atstatus-client-").FullName;
        try
        {
            var source = Path.Combine(folder, "openapi.json");
            await File.WriteAllTextAsync(source, document, TestContext.Current.CancellationToken);
            string[] generate =
            [
                "tool", "run", "kiota", "generate", "--language", "CSharp", "--openapi", source, "--class-name", "ApiClient",
                "--namespace-name", Namespace, "--output", Path.Combine(folder, "client"),
                "--serializer", $"{Json}.JsonSerializationWriterFactory", "--deserializer", $"{Json}.JsonParseNodeFactory",
            ];
            // The tool's manifest is the repository's.
            var (code, output, errors) = await ShellScript.TryAsync(
                Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", generate, null, RepositoryFolder.Root,
                ("KIOTA_CLI_TELEMETRY_OPTOUT", "true"), ("KIOTA_OFFLINE_ENABLED", "true"));
            Assert.True(code == 0, $"Kiota ended with {code}: {Encoding.UTF8.GetString(output)} {errors}");
            string[] files = Directory.GetFiles(Path.Combine(folder, "client"), "*.cs", SearchOption.AllDirectories);
            return Compile([program, .. files.Select(File.ReadAllText)]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IClientStory Compile(IEnumerable<string> sources)
    {
        // What its files ask of the framework.
        var options = new CSharpParseOptions(
            LanguageVersion.Latest, preprocessorSymbols: ["NETCOREAPP3_1_OR_GREATER", "NETSTANDARD2_1_OR_GREATER", "NET5_0_OR_GREATER"]);
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "generated-client", sources.Select(source => CSharpSyntaxTree.ParseText(source, options)), references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var library = new MemoryStream();
        var result = compilation.Emit(library);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Take(20)));
        library.Position = 0;
        var type = AssemblyLoadContext.Default.LoadFromStream(library).GetTypes().Single(t => t.IsAssignableTo(typeof(IClientStory)));
        return (IClientStory)Activator.CreateInstance(type)!;
    }

    private static bool Find()
    {
        var manifest = Path.Combine(RepositoryFolder.Root, ".config", "dotnet-tools.json");
        if (!File.Exists(manifest))
            return false;
        using var tools = JsonDocument.Parse(File.ReadAllText(manifest));
        var version = tools.RootElement.GetProperty("tools").GetProperty("microsoft.openapi.kiota").GetProperty("version").GetString()!;
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } set
            ? set
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        return Directory.Exists(Path.Combine(packages, "microsoft.openapi.kiota", version));
    }
}
