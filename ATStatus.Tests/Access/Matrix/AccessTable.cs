namespace ATStatus.Tests.Access.Matrix;

/// <summary>
/// For whom each address is: the one place that says it beside the code. The table of rights is the product's promise (docs/security.md); think
/// twice before a line says <c>everyone</c>. See <see cref="Audience"/> for the words.
/// </summary>
internal static class AccessTable
{
    private const string Text = """
        session             GET /
        session             GET,POST /_blazor
        session             GET,POST /_blazor/disconnect
        session             GET,POST /_blazor/initializers
        session             GET,POST /_blazor/negotiate
        session             GET /_framework/opaque-redirect
        session             GET,HEAD /{**path:file}
        session             GET,POST /account
        session             POST /account/passkeys
        session             POST /account/passkeys/options
        everyone            GET /account/renew
        session             GET,POST /admin
        Administer          GET,POST /admin/api-keys
        Administer          GET,POST /admin/audit
        Administer          GET /admin/audit/export/csv
        Administer          GET /admin/audit/export/jsonl
        session             GET,POST /admin/components
        WriteStatus         GET,POST /admin/components/new
        session             GET,POST /admin/components/{Id:int}
        session             GET,POST /admin/components/{Id:int}/told
        session             GET,POST /admin/deliveries
        console             GET /admin/deliveries/export/csv
        console             GET /admin/deliveries/export/jsonl
        session             GET,POST /admin/deliveries/{Id:long}
        session             GET,POST /admin/events/{Id:long}
        session             GET,POST /admin/incidents
        WriteStatus         GET,POST /admin/incidents/new
        WriteStatus         GET,POST /admin/incidents/templates
        WriteStatus         GET,POST /admin/incidents/templates/new
        WriteStatus         GET,POST /admin/incidents/templates/{Id:int}
        session             GET,POST /admin/incidents/{Id:int}
        session             GET,POST /admin/incidents/{Id:int}/told
        session             GET,POST /admin/maintenance
        WriteStatus         GET,POST /admin/maintenance/new
        session             GET,POST /admin/maintenance/{Id:int}
        session             GET,POST /admin/maintenance/{Id:int}/told
        session             GET,POST /admin/notifications
        WriteNotifications  GET /admin/notifications/export
        WriteNotifications  GET,POST /admin/notifications/import
        WriteNotifications  GET,POST /admin/notifications/new
        session             GET,POST /admin/notifications/{Id:int}
        session             GET,POST /admin/notifications/{Id:int}/deliveries
        WriteNotifications  GET,POST /admin/notifications/{Id:int}/edit
        session             GET,POST /admin/notifications/{Id:int}/receivers
        Redeliver           GET,POST /admin/notifications/{Id:int}/recover
        session             GET,POST /admin/notifications/{Id:int}/statistics
        Administer          GET,POST /admin/settings
        session             GET,POST /admin/status-pages
        WriteStatus         GET,POST /admin/status-pages/new
        session             GET,POST /admin/status-pages/{Id:int}
        session             GET,POST /admin/test-receiver
        Administer          GET,POST /admin/users
        everyone            GET /api/docs
        everyone            GET /api/docs/reader.js
        everyone            GET /api/docs/start.js
        read:components     GET /api/v1/component-groups
        write:components    POST /api/v1/component-groups
        read:components     GET /api/v1/components
        write:components    POST /api/v1/components
        write:components    DELETE /api/v1/components/{id:int}
        read:components     GET /api/v1/components/{id:int}
        write:components    PATCH /api/v1/components/{id:int}
        write:components    PATCH /api/v1/components/{id:int}/status
        read:deliveries     GET /api/v1/deliveries
        read:deliveries     GET /api/v1/deliveries/{id:long}
        write:deliveries    POST /api/v1/deliveries/{id:long}/cancel
        write:deliveries    POST /api/v1/deliveries/{id:long}/redeliver
        read:deliveries     GET /api/v1/events/{id:long}
        read:incidents      GET /api/v1/incidents
        write:incidents     POST /api/v1/incidents
        write:incidents     DELETE /api/v1/incidents/{id:int}
        read:incidents      GET /api/v1/incidents/{id:int}
        write:incidents     PATCH /api/v1/incidents/{id:int}
        write:incidents     POST /api/v1/incidents/{id:int}/resolve
        write:incidents     POST /api/v1/incidents/{id:int}/updates
        read:maintenance    GET /api/v1/maintenance
        write:maintenance   POST /api/v1/maintenance
        write:maintenance   DELETE /api/v1/maintenance/{id:int}
        read:maintenance    GET /api/v1/maintenance/{id:int}
        write:maintenance   PATCH /api/v1/maintenance/{id:int}
        write:maintenance   POST /api/v1/maintenance/{id:int}/cancel
        write:maintenance   POST /api/v1/maintenance/{id:int}/complete
        write:maintenance   POST /api/v1/maintenance/{id:int}/start
        write:maintenance   POST /api/v1/maintenance/{id:int}/updates
        read:notifications  GET /api/v1/notifications
        write:notifications POST /api/v1/notifications
        write:notifications DELETE /api/v1/notifications/{id:int}
        read:notifications  GET /api/v1/notifications/{id:int}
        write:notifications PATCH /api/v1/notifications/{id:int}
        write:deliveries    POST /api/v1/notifications/{id:int}/recover
        write:notifications POST /api/v1/notifications/{id:int}/test
        everyone            GET /api/v1/openapi.json
        read:deliveries     GET /api/v1/recoveries/{id:int}
        read:notifications  GET /api/v1/sending
        write:notifications POST /api/v1/sending/pause
        write:notifications POST /api/v1/sending/resume
        read:statuspages    GET /api/v1/statuspages
        write:statuspages   POST /api/v1/statuspages
        write:statuspages   DELETE /api/v1/statuspages/{id:int}
        read:statuspages    GET /api/v1/statuspages/{id:int}
        write:statuspages   PATCH /api/v1/statuspages/{id:int}
        everyone            GET,POST /error
        everyone            GET,HEAD /events/asyncapi.json
        everyone            GET,HEAD /events/{type}.schema.json
        Administer          GET,POST /hangfire/{**path}
        everyone            GET,POST /healthz/live
        everyone            GET,POST /healthz/ready
        everyone            GET,POST /invite
        everyone            GET,POST /login
        everyone            GET /login/external
        everyone            GET /login/external/done
        everyone            POST /login/passkey
        everyone            POST /login/passkey/options
        session             GET,POST /logout
        metrics             GET,POST /metrics
        everyone            GET,POST /not-found
        everyone            GET,POST /reset-password
        everyone            GET,POST /setup
        everyone            GET,POST /status/{Code:int}
        """;

    /// <summary>The audience of each route, by the route's name.</summary>
    public static IReadOnlyDictionary<string, string> Rows { get; } = Text.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(' ', 2, StringSplitOptions.TrimEntries)).ToDictionary(words => words[1], words => words[0]);
}
