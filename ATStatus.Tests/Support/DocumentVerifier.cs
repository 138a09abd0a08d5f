using System.Security.Cryptography;
using System.Text;
using Jint;
using Jint.Native;

namespace ATStatus.Tests.Support;

/// <summary>
/// A receiver that follows the user's document: it parses the body and calls the document's own <c>verifyWebhook</c>, word
/// for word, in a JavaScript engine. <c>crypto</c> and <c>Buffer</c> are stand-ins with as much of Node.js as it uses.
/// </summary>
public static class DocumentVerifier
{
    /// <summary>The document's verification sample.</summary>
    public static string Sample { get; } = TestResource.Text("verify-webhook.js");

    /// <summary>
    /// Defines <c>receive(body, signature, secret)</c>: true where the sample accepts. A body that is no JSON and a signature of
    /// another length make the receiver throw, in Node.js too; to the sender both are a refusal.
    /// </summary>
    public const string Receiver =
        """

        function receive(body, signature, secret) {
          try {
            return verifyWebhook(JSON.parse(body), signature, secret);
          } catch (error) {
            if (error instanceof SyntaxError || error instanceof RangeError) return false;
            throw error;
          }
        }

        """;

    private const string NodeStandIns =
        """
        const Buffer = { from: text => utf8(text) };

        function require(name) {
          if (name !== 'crypto') throw new Error('There is no stand-in for ' + name);
          return {
            createHmac(algorithm, key) {
              if (algorithm !== 'sha256') throw new Error('There is no stand-in for ' + algorithm);
              let data = '';
              return {
                update(text) { data += text; return this; },
                digest(encoding) {
                  if (encoding !== 'hex') throw new Error('There is no stand-in for ' + encoding);
                  return hmacSha256Hex(key, data);
                }
              };
            },
            timingSafeEqual(a, b) {
              if (a.length !== b.length) throw new RangeError('Input buffers must have the same byte length');
              return a.every((byte, i) => byte === b[i]);
            }
          };
        }

        """;

    private static readonly Prepared<Acornima.Ast.Script> Program = Engine.PrepareScript(NodeStandIns + Sample + Receiver);

    /// <summary>Whether a receiver built from the document accepts this request.</summary>
    /// <param name="body">The body as it arrived.</param>
    /// <param name="signature">The value of <c>X-Webhook-Signature</c>.</param>
    /// <param name="secret">The secret the receiver was given.</param>
    public static bool Verify(byte[] body, string signature, string secret)
    {
        using var engine = new Engine();
        engine.SetValue("utf8", (string text) => new JsArray(
            engine, [.. Encoding.UTF8.GetBytes(text).Select(value => (JsValue)JsNumber.Create(value))]));
        engine.SetValue("hmacSha256Hex", (string key, string data) =>
            Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(data))));
        engine.Execute(Program);
        return engine.Invoke("receive", Encoding.UTF8.GetString(body), signature, secret).AsBoolean();
    }
}
