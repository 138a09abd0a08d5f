using System.Globalization;
using System.Text;

namespace ATStatus.Core.Sending;

/// <summary>
/// Reads response headers. Servers send UTF-8 or, as HTTP once had it, Latin-1 (RFC 9110, section 5.5): bytes that are not UTF-8 are
/// read as Latin-1.
/// </summary>
internal static class ResponseHeaderText
{
    /// <summary>For the client to decode header values with.</summary>
    public static Encoding Encoding { get; } = Encoding.GetEncoding("utf-8", EncoderFallback.ReplacementFallback, new Latin1Fallback());

    /// <summary>
    /// A value without characters that could break its line or reverse its direction where it is shown; each becomes U+FFFD. Emoji are
    /// joined by format characters, which stay.
    /// </summary>
    public static string Printable(string value) =>
        value.Any(IsUnprintable) ? string.Create(value.Length, value, static (clean, text) =>
        {
            for (var i = 0; i < text.Length; i++)
                clean[i] = IsUnprintable(text[i]) ? '\uFFFD' : text[i];
        }) : value;

    private static bool IsUnprintable(char c) =>
        (char.IsControl(c) && c != '\t')
        || char.GetUnicodeCategory(c) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    private sealed class Latin1Fallback : DecoderFallback
    {
        public override int MaxCharCount => 4;

        public override DecoderFallbackBuffer CreateFallbackBuffer() => new Buffer();

        private sealed class Buffer : DecoderFallbackBuffer
        {
            private byte[] _bytes = [];
            private int _next;

            public override int Remaining => _bytes.Length - _next;

            public override bool Fallback(byte[] bytesUnknown, int index)
            {
                (_bytes, _next) = (bytesUnknown, 0);
                return bytesUnknown.Length > 0;
            }

            public override char GetNextChar() => _next < _bytes.Length ? (char)_bytes[_next++] : '\0';

            public override bool MovePrevious()
            {
                if (_next == 0) return false;
                _next--;
                return true;
            }

            public override void Reset() => (_bytes, _next) = ([], 0);
        }
    }
}
