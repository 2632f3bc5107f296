using Alignment.Labeling.Server.Api;
using Alignment.Labeling.Server.Security;
using Microsoft.AspNetCore.Http;

namespace Alignment.Labeling.Server;

/// <summary>What every request goes through before its endpoint: headers, host and origin, rate, time; and what its errors become.</summary>
internal sealed class RequestPipeline(LabelServerOptions options, RequestGuard guard, Access access, RequestRates rates)
{
    /// <summary>The middleware.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        SecurityHeaders.Apply(context.Response.Headers);
        using var time = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        time.CancelAfter(options.RequestTimeout);
        var aborted = context.RequestAborted;
        try
        {
            if (guard.Problem(context) is { } problem)
            {
                throw new ApiException(StatusCodes.Status403Forbidden, problem);
            }

            if (!await rates.EnterAsync(access.Caller(context), aborted))
            {
                throw new ApiException(StatusCodes.Status429TooManyRequests, "too many requests; send them more slowly") { RetryAfter = 1 };
            }

            context.RequestAborted = time.Token;
            await next(context);
            if (context.Response is { StatusCode: >= 400, HasStarted: false, ContentType: null })
            {
                await ApiJson.WriteProblemAsync(context, context.Response.StatusCode, "there is nothing here that answers this");
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException && !aborted.IsCancellationRequested)
        {
            context.RequestAborted = aborted;
            await AnswerAsync(context, e);
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
            // Whoever asked has gone.
        }
    }

    private async Task AnswerAsync(HttpContext context, Exception e)
    {
        var (status, detail) = e switch
        {
            ApiException api => (api.Status, api.Message),
            BadHttpRequestException bad => (bad.StatusCode, bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? $"the body is larger than {options.MaxBody} bytes" : "the request is malformed"),
            OperationCanceledException => (StatusCodes.Status503ServiceUnavailable, "this took too long; try again"),
            IOException => (StatusCodes.Status503ServiceUnavailable, "the store cannot be written; whoever runs the server finds the reason in its output"),
            _ => (StatusCodes.Status500InternalServerError, "something unexpected happened; whoever runs the server finds it in its output"),
        };
        if (e is not ApiException and not BadHttpRequestException)
        {
            options.Errors?.WriteLine($"{context.Request.Method} {context.Request.Path}: {e}");
        }

        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        context.Response.Clear();
        SecurityHeaders.Apply(context.Response.Headers);
        if (e is ApiException { RetryAfter: { } seconds })
        {
            context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        await ApiJson.WriteProblemAsync(context, status, detail, status == StatusCodes.Status401Unauthorized ? access.SignInNeeds : null);
    }
}
