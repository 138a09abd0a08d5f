#nullable enable
// A program as a user of the API writes it over the client that Kiota generates from the served document. Not part of the tests'
// assembly: it is compiled together with the client, while the test runs.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;
using ATStatus.Client;
using ATStatus.Client.Models;
using ATStatus.Tests.Api.Client;
using Microsoft.Kiota.Abstractions;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Http.HttpClientLibrary;
using Microsoft.Kiota.Http.HttpClientLibrary.Middleware.Options;

public sealed class IncidentStory : IClientStory
{
    private ApiClient? _api;

    public async Task<IReadOnlyList<long>> RunAsync(string address, string key, int page, CancellationToken stop)
    {
        var http = KiotaClientFactory.Create(new SocketsHttpHandler { UseProxy = false });
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        var adapter = new HttpClientRequestAdapter(new AnonymousAuthenticationProvider(), httpClient: http) { BaseUrl = address.TrimEnd('/') };
        _api = new ApiClient(adapter);

        var events = new List<long>();
        var incidents = _api.Api.V1.Incidents;
        var opened = (await Noted(events, o => incidents.PostAsync(
            new IncidentBody { Title = "API down", Impact = IncidentBody_impact.Major, StatusPageId = page, Message = "We look." },
            r => r.Options.Add(o), stop)))!.Incident!;
        var incident = incidents[opened.Id!.Value];
        var updated = await Noted(events, o => incident.Updates.PostAsync(
            new IncidentUpdateBody { Status = IncidentUpdateBody_status.Identified, Message = "Found it." }, r => r.Options.Add(o), stop));
        if (updated?.Incident?.Status != Incident_status.Identified || updated.Incident.Updates?.Count != 2)
            throw new InvalidOperationException("The update was not answered.");
        var resolved = await Noted(events, o => incident.Resolve.PostAsync(
            new IncidentResolveBody { Message = "It works again." }, r => r.Options.Add(o), stop));
        if (resolved?.Incident?.ResolvedAt is null)
            throw new InvalidOperationException("The end was not answered.");
        var read = await incident.GetAsync(cancellationToken: stop);
        if (read?.Status != Incident_status.Resolved || read.Title != "API down")
            throw new InvalidOperationException("It reads otherwise than it was written.");
        return events;
    }

    public async Task<IReadOnlyList<string>> NotifiedAsync(long eventId, CancellationToken stop)
    {
        var found = await _api!.Api.V1.Events[eventId].GetAsync(cancellationToken: stop);
        return found!.Recipients!.Select(r => $"{r.Name} {r.Outcome}").ToList();
    }

    public async Task<string> RefusedAsync(int page, CancellationToken stop)
    {
        try
        {
            await _api!.Api.V1.Incidents.PostAsync(new IncidentBody { StatusPageId = page, Message = "We look." }, cancellationToken: stop);
            return "accepted";
        }
        catch (Problem problem)
        {
            return $"{problem.Status} {string.Join(",", problem.Errors!.AdditionalData.Keys)}";
        }
    }

    /// <summary>Makes a call, and notes the events that its answer names.</summary>
    private static async Task<T> Noted<T>(List<long> events, Func<IRequestOption, Task<T>> call)
    {
        var headers = new HeadersInspectionHandlerOption { InspectResponseHeaders = true };
        var answer = await call(headers);
        foreach (var ids in headers.ResponseHeaders["X-Event-Ids"])
            events.AddRange(ids.Split(',').Select(id => long.Parse(id, CultureInfo.InvariantCulture)));
        return answer;
    }
}
