using System.Net;
using System.Text.Json.Nodes;
using ATStatus.Core.Model;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Api.Recipes;

/// <summary>What the documents tell people to copy does what they say, word for word.</summary>
public sealed class RecipeTests : ApiTest
{
    private readonly string _folder = Directory.CreateTempSubdirectory("atstatus-recipe-").FullName;
    private LoopbackReceiver? _receiver;
    private string _deployer = "";

    /// <summary>The recipes by name: where each stands.</summary>
    private static readonly Dictionary<string, (string Document, string Language, string Containing)> Recipes = new()
    {
        ["readme"] = ("README.md", "sh", "/resolve"),
        ["quick start"] = ("docs/api.md", "sh", "/resolve"),
        ["shell"] = ("docs/api.md", "bash", "./deploy.sh"),
        ["workflow"] = ("docs/api.md", "yaml", "./deploy.sh"),
    };

    public override async ValueTask InitializeAsync()
    {
        foreach (var program in (string[])["bash", "curl", "jq"])
            TestRequirement.Program(program, program).Demand();
        await base.InitializeAsync();
        _receiver = LoopbackReceiver.Start();
        Assert.Equal(1, await AddPageAsync());
        string[] events = ["incident.created", "incident.updated", "incident.resolved"];
        (await PostAsync("notifications", new { name = "Receiver", url = _receiver.Url, events })).Is(HttpStatusCode.Created);
        // The documents say what the key needs.
        _deployer = await MakeKeyAsync("deployer", ApiScopes.WriteIncidents);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_receiver is not null)
            await _receiver.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("readme")]
    [InlineData("quick start")]
    [InlineData("shell")]
    [InlineData("workflow")]
    public Task It_opens_and_resolves_an_incident(string recipe) => DemandResolvedAsync(recipe, TextOf(recipe));

    [Theory]
    [InlineData("shell")]
    [InlineData("workflow")]
    public async Task A_deployment_that_fails_leaves_the_incident_open_and_says_so(string recipe)
    {
        Assert.False((await RunAsync(recipe, TextOf(recipe), deploys: false)).Succeeded);
        Assert.Equal(["incident.created minor", "incident.updated major"], (await _receiver!.WaitForAsync(2)).Select(EventAndSeverity));
        var incident = Assert.Single((await GetAsync("incidents")).Is(HttpStatusCode.OK)["data"]!.AsArray())!;
        Assert.Equal(
            ("identified", "The deployment failed. We are rolling back."), ((string)incident["status"]!, (string)incident["message"]!));
    }

    private static string TextOf(string recipe) =>
        Recipe.Of(Recipes[recipe].Document, Recipes[recipe].Language, Recipes[recipe].Containing);

    private async Task DemandResolvedAsync(string recipe, string text)
    {
        var (succeeded, errors) = await RunAsync(recipe, text, deploys: true);
        Assert.True(succeeded, errors);
        var incident = Assert.Single((await GetAsync("incidents")).Is(HttpStatusCode.OK)["data"]!.AsArray())!;
        Assert.Equal("resolved", (string)incident["status"]!);
        if (File.Exists(Path.Combine(_folder, "open.json")))
        {
            var open = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "open.json"), Stop))!;
            Assert.Equal((int)incident["id"]!, (int)Assert.Single(open["data"]!.AsArray())!["id"]!);
        }
        var received = await _receiver!.WaitForAsync(2);
        // Events of two saves may overtake each other, as the notification does not keep order.
        Assert.Equal(["incident.created", "incident.resolved"], received.Select(r => r.Header("X-Webhook-Event")).Order(StringComparer.Ordinal));
    }

    private async Task<(bool Succeeded, string Errors)> RunAsync(string recipe, string text, bool deploys)
    {
        // What is deployed notes which incidents are open meanwhile.
        var deploy = Path.Combine(_folder, "deploy.sh");
        await File.WriteAllTextAsync(
            deploy,
            $"""
            #!/usr/bin/env bash
            curl -sSf '{App.Address}api/v1/incidents?status=open' -H 'Authorization: Bearer {Key}' > open.json
            exit {(deploys ? 0 : 1)}
            """, Stop);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(deploy, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var filled = Recipe.For(text, App.Address, _deployer);
        if (Recipes[recipe].Language == "yaml")
        {
            var workflow = new Workflow(filled, _folder, new Dictionary<string, string> { ["ATSTATUS_KEY"] = _deployer });
            return (await workflow.RunAsync(), workflow.Errors);
        }
        var (code, errors) = await Recipe.RunAsync(filled, _folder, [], ("API", $"{App.Address}api/v1"), ("KEY", _deployer));
        return (code == 0, errors);
    }

    private static string EventAndSeverity(Support.ReceivedRequest request) =>
        $"{request.Header("X-Webhook-Event")} {JsonNode.Parse(request.Text)!["data"]!["severity"]}";
}
