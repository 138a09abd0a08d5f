namespace ATStatus.Admin.Features.Deliveries;

/// <summary>A variable of the shell that a command reads.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DisplayText">What it is to hold.</param>
public sealed record CurlVariable(string Name, string DisplayText);

/// <summary>
/// A request as a command line, for any POSIX shell, whatever stands in the body. What is secret is not in it: the address is the
/// variable URL, and the headers that an operator added are variables of their own. The signature is the one that was sent, or, where
/// SECRET is set, a new one.
/// </summary>
/// <param name="Text">The command.</param>
/// <param name="Required">What has to be set first.</param>
/// <param name="Optional">What can be set.</param>
/// <param name="Signing">The line that computes the signature from SECRET; null where the request has no signature.</param>
public sealed record CurlCommand(string Text, IReadOnlyList<CurlVariable> Required, IReadOnlyList<CurlVariable> Optional, string? Signing)
{
    /// <summary>What stands in the log for a value that is secret.</summary>
    private const string Masked = "•••";

    private const string SignatureHeader = "X-Webhook-Signature";

    private const string SignatureArgument = "'" + SignatureHeader + ": '\"$SIGNATURE\"";

    private const string Sign = """SIGNATURE=$(printf %s "$BODY" | openssl dgst -sha256 -hmac "$SECRET" | sed 's/^.* //')""";

    /// <summary>The command for a request.</summary>
    /// <param name="headers">The headers, one <c>Name: value</c> a line.</param>
    /// <param name="body">The body.</param>
    /// <param name="isSigned">Whether it will be signed, for one that was not sent yet and so has no signature among its headers.</param>
    public static CurlCommand For(string headers, string body, bool isSigned)
    {
        var parsed = Parse(headers);
        var signature = parsed.Where(h => h.Name == SignatureHeader).Select(h => h.Value).FirstOrDefault();
        List<CurlVariable> required = [new("URL", "the notification's address")];
        List<CurlVariable> optional = [];
        var signing = new List<string>();
        if (signature is not null)
        {
            // Anew where the body, or the secret, is another one by now.
            optional.Add(new("SECRET", "the notification's secret, to sign the body anew; without it the signature that was sent is sent again"));
            signing.AddRange([$"SIGNATURE={Quoted(signature)}", $"[ -z \"${{SECRET:-}}\" ] || {Sign}"]);
        }
        else if (isSigned)
        {
            required.Add(new("SECRET", "the notification's secret"));
            signing.Add(Sign);
        }

        var arguments = new List<string>();
        foreach (var (name, value) in parsed)
        {
            if (name is "Host" or "Content-Length")
                continue;
            if (name == SignatureHeader)
            {
                arguments.Add(SignatureArgument);
            }
            else if (value == Masked)
            {
                var variable = VariableOf(name, required);
                required.Add(new(variable, $"the value of the header {name}"));
                arguments.Add($"{Quoted(name + ": ")}\"${variable}\"");
            }
            else
            {
                arguments.Add(Quoted($"{name}: {value}"));
            }
        }
        if (signature is null && isSigned)
            arguments.Add(SignatureArgument);

        List<string> lines =
        [
            ": " + string.Join(' ', required.Select(variable => $"\"${{{variable.Name}:?is not set}}\"")),
            $"BODY={Quoted(body)}",
            .. signing,
            // Through a pipe, because a single argument of a program must not be long.
            string.Join(
                " \\\n  ",
                [
                    "printf %s \"$BODY\" | curl --include --request POST \"$URL\"",
                    .. arguments.Select(argument => "--header " + argument),
                    "--data-binary @-",
                ]),
        ];
        return new CurlCommand(string.Join('\n', lines), required, optional, signing.Count > 0 ? Sign : null);
    }

    private static List<(string Name, string Value)> Parse(string headers) =>
    [
        .. from line in headers.Split('\n', StringSplitOptions.RemoveEmptyEntries)
           let colon = line.IndexOf(": ", StringComparison.Ordinal)
           where colon > 0
           select (line[..colon].Trim(), line[(colon + 2)..].TrimEnd('\r')),
    ];

    /// <summary>
    /// Within single quotes a shell takes everything as it is, but for the single quote itself. And at a prompt bash takes a line that
    /// begins with ^ for a change of the last command, even there: an empty pair of quotes goes before it.
    /// </summary>
    private static string Quoted(string text) =>
        $"'{text.Replace("'", """'\''""", StringComparison.Ordinal).Replace("\n^", "\n''^", StringComparison.Ordinal)}'";

    /// <summary>A name that a shell takes and that is not taken: X-Api-Key is HEADER_X_API_KEY.</summary>
    private static string VariableOf(string header, List<CurlVariable> taken)
    {
        var name = "HEADER_" + string.Concat(header.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_'));
        while (taken.Any(variable => variable.Name == name))
            name += "_";
        return name;
    }
}
