using ATStatus.Core.Sending;

namespace ATStatus.Admin.Features.Notifications.Receivers;

/// <summary>Code that verifies a request, in one language. The tests run each against requests that were really received.</summary>
/// <param name="Name">The language's name in an address.</param>
/// <param name="Label">What people call it.</param>
/// <param name="File">The resource it is read from.</param>
public sealed record VerificationSample(string Name, string Label, string File)
{
    /// <summary>The header that carries the signature.</summary>
    public const string SignatureHeader = WebhookHeaders.Signature;

    /// <summary>The header that carries the replaced secret's signature while both sign.</summary>
    public const string PreviousSignatureHeader = WebhookHeaders.PreviousSignature;

    /// <summary>Every language, in the order in which they are offered.</summary>
    public static IReadOnlyList<VerificationSample> All { get; } =
    [
        new("node", "Node.js", "node.js"), new("csharp", "C#", "csharp.cs"), new("python", "Python", "python.py"), new("go", "Go", "go.go"),
        new("php", "PHP", "php.php"), new("ruby", "Ruby", "ruby.rb"), new("java", "Java", "java.java"),
    ];

    /// <summary>The language of an address; the first where it names none.</summary>
    public static VerificationSample Find(string? name) => All.FirstOrDefault(sample => sample.Name == name) ?? All[0];

    /// <summary>The code, with the headers' names in it.</summary>
    public string Code()
    {
        using var stream = typeof(VerificationSample).Assembly.GetManifestResourceStream($"receivers/{File}")
            ?? throw new InvalidOperationException($"There is no sample {File}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd()
            .Replace("{signature}", SignatureHeader, StringComparison.Ordinal)
            .Replace("{previous}", PreviousSignatureHeader, StringComparison.Ordinal);
    }
}
