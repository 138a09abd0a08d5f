using System.Net.Security;
using System.Runtime.CompilerServices;

namespace ATStatus.Core.Sending;

/// <summary>
/// Which connection a request goes out on, and what has happened on it: whether others used it before, and whether a byte came back.
/// The pool does not tell; a <see cref="WatchedStream"/> around each connection sees who writes.
/// </summary>
internal sealed class RequestConnection
{
    private static readonly AsyncLocal<RequestConnection?> Current = new();

    /// <summary>Connections whose server asked for a client certificate during the handshake.</summary>
    private static readonly ConditionalWeakTable<object, object> Asking = [];

    private volatile Use? _use;
    private volatile bool _asked;

    private sealed record Use(WatchedStream Stream, bool IsReused, long ReadBefore);

    /// <summary>Begins to watch the request that the caller is about to send. The pool writes it in the caller's flow.</summary>
    public static RequestConnection Begin() => Current.Value = new RequestConnection();

    /// <summary>Whether it was written to a connection that had carried another request, and no byte has come back since.</summary>
    public bool IsReusedWithoutAnswer => _use is { IsReused: true } use && use.Stream.BytesRead == use.ReadBefore;

    /// <summary>Whether the server asked for a client certificate and never sent a byte: over TLS 1.3 it refuses only after the handshake.</summary>
    public bool IsRefusedForCertificate => _use is { } use ? use.Stream.BytesRead == 0 && HasAsked(use.Stream.Connection) : _asked;

    /// <summary>The server at the other end of a handshake asks for a client certificate.</summary>
    /// <param name="connection">The <see cref="SslStream"/> that makes the handshake.</param>
    public static void Asked(object connection)
    {
        Asking.TryAdd(connection, connection);
        if (Current.Value is { } opening)
            opening._asked = true;
    }

    /// <summary>Whether the server of a connection has asked for a client certificate.</summary>
    public static bool HasAsked(object connection) => Asking.TryGetValue(connection, out _);

    /// <summary>Watches a connection. Called once for each, by the pool.</summary>
    public static ValueTask<Stream> WatchAsync(SocketsHttpPlaintextStreamFilterContext context, CancellationToken cancellationToken) =>
        // A proxy's CONNECT is not the request: what is written inside its tunnel is.
        ValueTask.FromResult<Stream>(
            context.InitialRequestMessage.Method == HttpMethod.Connect ? context.PlaintextStream : new WatchedStream(context.PlaintextStream));

    /// <summary>A connection that counts what it reads and knows whose request was written to it last.</summary>
    private sealed class WatchedStream(Stream connection) : Stream
    {
        private RequestConnection? _last;
        private long _bytesRead;

        public Stream Connection => connection;

        public long BytesRead => Interlocked.Read(ref _bytesRead);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer) => Came(connection.Read(buffer));

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Came(await connection.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Writes();
            connection.Write(buffer);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Writes();
            return connection.WriteAsync(buffer, cancellationToken);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush() => connection.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => connection.FlushAsync(cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                connection.Dispose();
            base.Dispose(disposing);
        }

        private int Came(int count)
        {
            Interlocked.Add(ref _bytesRead, count);
            return count;
        }

        /// <summary>Requests follow one another on a connection, so nobody else writes meanwhile.</summary>
        private void Writes()
        {
            if (Current.Value is not { } request || ReferenceEquals(_last, request))
                return;
            request._use = new Use(this, IsReused: _last is not null, BytesRead);
            _last = request;
        }
    }
}
