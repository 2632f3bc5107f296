using Alignment.Labeling.Server.Rendering;
using Alignment.Labeling.Server.Security;
using Alignment.Labeling.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Alignment.Labeling.Server.Api;

/// <summary>Signing in and out.</summary>
internal sealed class SessionEndpoints(ILabelStore store, Access access)
{
    private readonly string? _guidelines = string.IsNullOrWhiteSpace(store.Project.Guidelines) ? null : SafeMarkdown.ToHtml(store.Project.Guidelines);

    /// <summary>Adds the routes.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/session", (RequestDelegate)(context => ApiJson.WriteAsync(context, Answer(access.Session(context)))));
        routes.MapPost("/api/session", (RequestDelegate)(async context => await ApiJson.WriteAsync(context, Answer(access.SignIn(context, await ApiJson.ReadAsync<SignInRequest>(context))))));
        routes.MapDelete("/api/session", (RequestDelegate)(context =>
        {
            access.SignOut(context);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }));
    }

    private SessionAnswer Answer(Session session) => new(session.Annotator, session.Role, session.Csrf, store.Project.Name, access.SignInNeeds, _guidelines);
}
