using System.Text.Json.Nodes;

namespace Alignment.Data.Audit;

/// <summary>A report as <c>audit.json</c>.</summary>
public static class AuditJson
{
    /// <summary>Everything that the report says.</summary>
    /// <param name="report">The report.</param>
    public static JsonObject Of(AuditReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new JsonObject
        {
            ["rows"] = report.Rows,
            ["files"] = List(report.Files.Select(file => (JsonNode)file)),
            ["types"] = new JsonObject(report.Types.Select(type => KeyValuePair.Create(type.Name, (JsonNode?)type.Count))),
            ["failed"] = List(report.Failed.Select(finding => (JsonNode)finding.Name)),
            ["findings"] = new JsonObject(report.Findings.Select(finding => KeyValuePair.Create(finding.Name, (JsonNode?)new JsonObject
            {
                ["title"] = finding.Title,
                ["count"] = finding.Share.Count,
                ["of"] = finding.Share.Of,
                ["share"] = Math.Round(finding.Share.Value, 6),
                ["low"] = Math.Round(finding.Share.Low, 6),
                ["high"] = Math.Round(finding.Share.High, 6),
                ["limit"] = finding.Limit,
                ["failed"] = finding.Failed,
                ["examples"] = List(finding.Examples.Select(example => (JsonNode)example)),
            }))),
            ["numbers"] = new JsonObject(report.Numbers.Select(number => KeyValuePair.Create(number.Name, (JsonNode?)Math.Round(number.Value, 6)))),
            ["histograms"] = List(report.Histograms.Select(histogram => new JsonObject
            {
                ["title"] = histogram.Title,
                ["count"] = histogram.Count,
                ["mean"] = Math.Round(histogram.Mean, 3),
                ["most"] = histogram.Most,
                ["bars"] = List(histogram.Bars.Select(bar => new JsonObject { ["from"] = bar.From, ["to"] = bar.To, ["count"] = bar.Count })),
            })),
            ["tables"] = List(report.Tables.Select(table => new JsonObject
            {
                ["title"] = table.Title,
                ["rows"] = List(table.Rows.Select(row => new JsonObject(table.Columns.Select((column, i) => KeyValuePair.Create(column, (JsonNode?)row.Values[i])).Prepend(KeyValuePair.Create("name", (JsonNode?)row.Name))))),
            })),
        };
    }

    private static JsonArray List(IEnumerable<JsonNode> items) => [.. items];
}
