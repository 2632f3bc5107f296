using System.Text.Json.Nodes;
using Alignment.Data.Formats;
using Alignment.Data.Rows;
using Alignment.Labeling.Votes;

namespace Alignment.Labeling.Formats;

/// <summary>OpenAI's preference rows (<c>input.messages</c>, <c>preferred_output</c>, <c>non_preferred_output</c>): each is a vote for the preferred side. They have no ids,
/// so the texts tell the task.</summary>
internal static class OpenAiVotes
{
    public static IEnumerable<ImportedVote> Read(string path) => JsonRows.Read(path).Select(row =>
    {
        var preferred = Answer(row.Columns, "preferred_output");
        var other = Answer(row.Columns, "non_preferred_output");
        Message[] messages = [.. row.Columns.Map("input").List("messages").Select(message => new Message(message.Text("role") ?? "", message.Text("content") ?? ""))];
        var isWhole = preferred is not null && other is not null && messages.Length > 0 && messages.All(message => message.Role.Length > 0 && message.Content.Length > 0);
        return new ImportedVote
        {
            Where = row.Id,
            Prompt = isWhole ? new ChatContent(messages) : null,
            Answers = isWhole ? [preferred!, other!] : null,
            Choice = Verdict.Of(0),
            Problem = isWhole ? null : new(ImportProblemKind.Invalid, row.Id, "the row needs input.messages, preferred_output and non_preferred_output, one message of text each"),
        };
    });

    private static string? Answer(JsonObject columns, string key) => columns.List(key).ToList() is [{ } only] ? only.Text("content") : null;
}
