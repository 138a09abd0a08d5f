namespace ATStatus.Admin.Hosting;

/// <summary>
/// Something the operator has to change before the console can start. The message is the one line that is printed: it
/// names the key or the file, and holds no secret and no connection string.
/// </summary>
internal sealed class StartRefusedException(string message, Exception? inner = null) : Exception(OneLine(message), inner)
{
    private static string OneLine(string message) => string.Concat(message.Select(c => char.IsControl(c) ? ' ' : c));
}
