namespace Alignment.Labeling.Chat;

/// <summary>Whether a server is asked to hold the model to a JSON Schema (<c>response_format</c>).</summary>
public enum SchemaSupport
{
    /// <summary>It is asked, and no longer once it refuses.</summary>
    Auto,

    /// <summary>It is asked; a refusal is an error.</summary>
    JsonSchema,

    /// <summary>It is not asked.</summary>
    None,
}
