namespace ATStatus.Core.Access.Passwords;

/// <summary>
/// Knows the passwords that are tried first: those of a list of leaked ones and their plain variations, rows of keys, repetitions, and
/// what is made of the e-mail address or the product's name.
/// </summary>
public static class CommonPasswords
{
    /// <summary>So many digits and signs added to a common word make it no better.</summary>
    private const int Decoration = 5;

    private const string Resource = "common-passwords";

    /// <summary>What stands side by side on a keyboard or in an alphabet, read from either end.</summary>
    private static readonly string[] Rows = BothWays(
        "abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "zxcvbnm", "yxcvbnm", "!@#$%^&*()");

    private static readonly string[] Product = ["atstatus", "admin", "statuspage"];

    /// <summary>Whether a password is too common to be taken.</summary>
    /// <param name="password">The password; at most a few hundred characters.</param>
    /// <param name="email">The e-mail address of its account.</param>
    public static bool Contains(string password, string? email)
    {
        var plain = password.ToLowerInvariant();
        var candidates = new HashSet<string>(StringComparer.Ordinal);
        foreach (var text in new[] { plain, Unit(plain) })
        {
            if (IsWalk(text) || IsMadeOf(text, [.. PartsOf(email), .. Product]))
                return true;
            foreach (var part in new[] { text, Core(text), Core(Letters(text)) }.OfType<string>())
            {
                candidates.Add(part);
                candidates.Add(Letters(part));
            }
        }
        return IsListed(candidates);
    }

    /// <summary>The piece that a text repeats ("testtest": "test"), or the text itself.</summary>
    private static string Unit(string text)
    {
        for (var length = 1; length <= text.Length / 2; length++)
        {
            if (text.Length % length == 0 && Enumerable.Range(length, text.Length - length).All(i => text[i] == text[i - length]))
                return text[..length];
        }
        return text;
    }

    /// <summary>Whether a text is short, or consists of runs along a row (forwards or backwards) and of one character again and again.</summary>
    private static bool IsWalk(string text)
    {
        if (text.Length <= Decoration)
            return true;
        for (var start = 0; start < text.Length;)
        {
            var end = Enumerable.Range(start + 1, text.Length - start).TakeWhile(end => IsRun(text.AsSpan(start, end - start))).LastOrDefault();
            if (end - start < 3)
                return false;
            start = end;
        }
        return true;
    }

    private static bool IsRun(ReadOnlySpan<char> text)
    {
        if (text.IndexOfAnyExcept(text[0]) < 0)
            return true;
        foreach (var row in Rows)
        {
            if (row.AsSpan().IndexOf(text) >= 0)
                return true;
        }
        return false;
    }

    private static string[] BothWays(params string[] rows) => [.. rows, .. rows.Select(row => string.Concat(row.Reverse()))];

    /// <summary>The address, the parts of its name and of its host.</summary>
    private static IEnumerable<string> PartsOf(string? email)
    {
        var plain = (email ?? "").ToLowerInvariant();
        var parts = plain.Split('@', 2);
        return ((string[])[plain, .. parts, .. parts.SelectMany(part => part.Split('.', '-', '_', '+'))]).Where(word => word.Length >= 3);
    }

    /// <summary>Whether nothing but a few digits and signs, or a walk over them, is left when the words are taken out.</summary>
    private static bool IsMadeOf(string text, IEnumerable<string> words)
    {
        var rest = words.OrderByDescending(word => word.Length).Aggregate(text, (left, word) => left.Replace(word, "", StringComparison.Ordinal));
        return rest.Length < text.Length && !rest.Any(char.IsLetter) && IsWalk(rest);
    }

    /// <summary>A word without what was put before or behind it; null where that is more than decoration.</summary>
    private static string? Core(string text)
    {
        var start = text.AsSpan().IndexOfAnyInRange('a', 'z');
        if (start < 0)
            return null;
        var end = text.AsSpan().LastIndexOfAnyInRange('a', 'z') + 1;
        var core = text[start..end];
        return core.Length >= 4 && IsWalk(text[..start]) && IsWalk(text[end..]) ? core : null;
    }

    /// <summary>The letters that digits and signs stand for in "P4$$w0rd".</summary>
    private static string Letters(string text) => string.Create(text.Length, text, static (letters, text) =>
    {
        for (var i = 0; i < letters.Length; i++)
        {
            letters[i] = text[i] switch
            {
                '4' or '@' => 'a',
                '3' => 'e',
                '1' or '!' => 'i',
                '0' => 'o',
                '5' or '$' => 's',
                '7' => 't',
                var other => other,
            };
        }
    });

    /// <summary>Looks through the list. It is read anew each time: passwords are chosen seldom, and it would hold megabytes.</summary>
    private static bool IsListed(HashSet<string> candidates)
    {
        using var stream = typeof(CommonPasswords).Assembly.GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (candidates.Contains(line))
                return true;
        }
        return false;
    }
}
