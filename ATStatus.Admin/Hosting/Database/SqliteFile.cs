namespace ATStatus.Admin.Hosting.Database;

/// <summary>
/// The database file and its instance lock. It holds password hashes and the keys that encrypt secrets, so the folder
/// and the file are made for the account that runs the console alone (where the platform knows such modes).
/// </summary>
internal static class SqliteFile
{
    private const UnixFileMode OwnerFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>
    /// Makes folder and file where missing and locks the file for this process. The lock is the operating system's: it
    /// is gone with the process, however that ends.
    /// </summary>
    /// <exception cref="StartRefusedException">Another instance has it, or the folder cannot be written.</exception>
    public static IDisposable Open(string file)
    {
        try
        {
            var folder = Path.GetDirectoryName(file)!;
            if (!Directory.Exists(folder))
                MakeFolder(folder);
            file = Resolve(file);
            var held = Lock(file);
            try
            {
                // SQLite gives its journal files the mode of the database, so the mode is set before SQLite comes.
                using (Make(file, FileShare.ReadWrite))
                    return held;
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartRefusedException($"The database {file} cannot be written: access is denied.", e);
        }
        catch (IOException e)
        {
            throw new StartRefusedException($"The database {file} cannot be opened: {e.Message}", e);
        }
    }

    /// <summary>Two names of one file must not be two databases: the file that a link leads to, in the end.</summary>
    public static string Resolve(string file) =>
        File.Exists(file) ? File.ResolveLinkTarget(file, returnFinalTarget: true)?.FullName ?? file : file;

    private static FileStream Lock(string file)
    {
        var path = file + ".lock";
        try
        {
            return Make(path, FileShare.None);
        }
        catch (IOException e) when (e.GetType() == typeof(IOException) && File.Exists(path))
        {
            throw new StartRefusedException(
                $"Another instance is using {file} (it holds {path}). SQLite is for one instance; several need Database:Provider SqlServer.", e);
        }
    }

    private static FileStream Make(string path, FileShare share)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerFile;
        return new FileStream(path, options);
    }

    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, OwnerFolder);
    }
}
