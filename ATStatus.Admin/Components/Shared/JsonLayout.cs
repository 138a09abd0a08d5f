using System.Text;

namespace ATStatus.Admin.Components.Shared;

/// <summary>
/// Indents JSON by moving whitespace only. A serializer would rewrite escapes and numbers, and a log must not show a body
/// that differs from the bytes that were sent.
/// </summary>
internal static class JsonLayout
{
    /// <param name="json">Valid JSON.</param>
    public static string Indent(string json)
    {
        var text = new StringBuilder(json.Length * 2);
        var depth = 0;
        for (var i = 0; i < json.Length; i++)
        {
            var c = json[i];
            switch (c)
            {
                case '"':
                    var end = EndOfString(json, i);
                    text.Append(json, i, end - i);
                    i = end - 1;
                    break;
                case '{' or '[':
                    var close = SkipWhitespace(json, i + 1);
                    if (json[close] is '}' or ']')
                    {
                        text.Append(c).Append(json[close]);
                        i = close;
                        break;
                    }
                    text.Append(c);
                    NewLine(text, ++depth);
                    break;
                case '}' or ']':
                    NewLine(text, --depth);
                    text.Append(c);
                    break;
                case ',':
                    text.Append(c);
                    NewLine(text, depth);
                    break;
                case ':':
                    text.Append(": ");
                    break;
                case ' ' or '\t' or '\r' or '\n':
                    break;
                default:
                    text.Append(c);
                    break;
            }
        }
        return text.ToString();
    }

    private static void NewLine(StringBuilder text, int depth) => text.Append('\n').Append(' ', depth * 2);

    private static int SkipWhitespace(string json, int from)
    {
        while (json[from] is ' ' or '\t' or '\r' or '\n')
            from++;
        return from;
    }

    private static int EndOfString(string json, int start)
    {
        var i = start + 1;
        while (json[i] != '"')
            i += json[i] == '\\' ? 2 : 1;
        return i + 1;
    }
}
