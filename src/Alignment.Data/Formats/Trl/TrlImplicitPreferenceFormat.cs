using System.Text.Json.Nodes;
using Alignment.Data.Rows;

namespace Alignment.Data.Formats.Trl;

/// <summary>TRL's preferences whose two sides begin with the prompt.</summary>
internal sealed class TrlImplicitPreferenceFormat : TrlPreferenceFormat
{
    public override string Name => "trl-preference-implicit";

    public override string About => "chosen, rejected, both beginning with the prompt; margin, label, tie";

    public override string[] Needed => ["chosen", "rejected"];

    private protected override bool ExtraSign(JsonObject row) => row["prompt"] is null;

    private protected override JsonObject Sides(PreferenceRow pair) => new()
    {
        ["chosen"] = Whole(pair.Prompt, pair.Chosen),
        ["rejected"] = Whole(pair.Prompt, pair.Rejected),
    };

    private static JsonNode Whole(Content prompt, Content response) => prompt is ChatContent asked && response is ChatContent answered
        ? MessageJson.Of([.. asked.Messages, .. answered.Messages])
        : JsonValue.Create(prompt.ToString() + response);
}
