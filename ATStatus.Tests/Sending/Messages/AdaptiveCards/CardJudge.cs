using ATStatus.Tests.Support;
using Jint;

namespace ATStatus.Tests.Sending.Messages.AdaptiveCards;

/// <summary>Microsoft's own library for Adaptive Cards as the judge of a card, at the version that Teams shows everywhere. For one thread.</summary>
internal sealed class CardJudge : IDisposable
{
    private readonly Engine _engine = new();

    public CardJudge() => _engine.Execute(TestResource.Text("adaptivecards.min.js")).Execute(TestResource.Text("judge-card.js"));

    /// <summary>What is wrong with a card, a line each; empty when nothing is.</summary>
    public string Judge(string card) => _engine.Invoke("judge", card).AsString();

    public void Dispose() => _engine.Dispose();
}
