using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Alignment.Labeling.Server.Api;

/// <summary>JSON of the HTTP API: keys in camelCase, nulls left out, unknown keys refused.</summary>
internal static class ApiJson
{
    private static readonly JsonSerializerOptions Options = Create();

    /// <summary>Reads a request's body.</summary>
    /// <exception cref="ApiException">It is not such a value.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context)
        where T : class
    {
        if (!context.Request.HasJsonContentType())
        {
            throw new ApiException(StatusCodes.Status415UnsupportedMediaType, "the body must be application/json");
        }

        try
        {
            return await JsonSerializer.DeserializeAsync<T>(context.Request.Body, Options, context.RequestAborted) ?? throw new ApiException(StatusCodes.Status400BadRequest, "the body is null");
        }
        catch (JsonException e)
        {
            throw new ApiException(StatusCodes.Status400BadRequest, e.Path is { Length: > 1 } path ? $"the body is not as it should be at '{path}'" : "the body is not the JSON that is asked for here");
        }
    }

    /// <summary>Writes an answer.</summary>
    public static Task WriteAsync<T>(HttpContext context, T value, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(value, Options, "application/json", context.RequestAborted);
    }

    /// <summary>Writes an error: RFC 9457, without anything of the inside.</summary>
    public static Task WriteProblemAsync(HttpContext context, int status, string detail, string? signIn = null)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new ApiProblem(Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status), status, detail, signIn), Options, "application/problem+json", context.RequestAborted);
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            NumberHandling = JsonNumberHandling.Strict,
            PropertyNameCaseInsensitive = false,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            Encoder = JavaScriptEncoder.Default, // escapes < and >: the answer is harmless wherever it lands
            MaxDepth = 16,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
