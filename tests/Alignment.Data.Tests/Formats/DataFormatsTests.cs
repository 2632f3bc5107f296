using System.Text.Json.Nodes;
using Alignment.Data.Formats;
using Alignment.Data.Rows;

namespace Alignment.Data.Tests.Formats;

public sealed class DataFormatsTests
{
    /// <summary>One row of each format as its authors show it, and the types that it becomes.</summary>
    public static TheoryData<string, string, RowTypes> Samples => new()
    {
        { "trl-text", """{"text": "a"}""", RowTypes.Text },
        { "trl-messages", """{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}""", RowTypes.Messages },
        { "trl-prompt", """{"prompt": "a"}""", RowTypes.Prompt },
        { "trl-prompt-completion", """{"prompt": "a", "completion": " b"}""", RowTypes.PromptCompletion },
        { "trl-preference", """{"prompt": [{"role": "user", "content": "q"}], "chosen": [{"role": "assistant", "content": "a"}], "rejected": [{"role": "assistant", "content": "b"}]}""", RowTypes.Preference },
        { "trl-preference-implicit", """{"chosen": "The sky is blue.", "rejected": "The sky is green."}""", RowTypes.Preference },
        { "trl-unpaired", """{"prompt": "a", "completion": " b", "label": false}""", RowTypes.Unpaired },
        { "trl-stepwise", """{"prompt": "17 x 4?", "completions": ["10 x 4 = 40.", "Total 67."], "labels": [true, false]}""", RowTypes.Stepwise },
        { "alpaca", """{"instruction": "i", "input": "x", "output": "o"}""", RowTypes.PromptCompletion },
        { "alpaca", """{"instruction": "i", "input": "", "chosen": "o", "rejected": "p"}""", RowTypes.Preference },
        { "sharegpt", """{"conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}], "system": "s"}""", RowTypes.Messages },
        { "sharegpt", """{"conversations": [{"from": "human", "value": "q"}], "chosen": {"from": "gpt", "value": "a"}, "rejected": {"from": "gpt", "value": "b"}}""", RowTypes.Preference },
        { "sharegpt", """{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], "label": true}""", RowTypes.Unpaired },
        { "openai-chat", """{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a", "weight": 0}]}""", RowTypes.Messages },
        { "openai-preference", """{"input": {"messages": [{"role": "user", "content": "q"}], "tools": [], "parallel_tool_calls": true}, "preferred_output": [{"role": "assistant", "content": "a"}], "non_preferred_output": [{"role": "assistant", "content": "b"}]}""", RowTypes.Preference },
        { "hh-rlhf", """{"chosen": "\n\nHuman: q\n\nAssistant: a", "rejected": "\n\nHuman: q\n\nAssistant: b"}""", RowTypes.Preference },
        { "pro", """{"prefix": [["<|prompter|>q", "<|assistant|>"], ["<|prompter|>q", "<|assistant|>"]], "suffix": ["a", "b"], "reward": [0.1, 0.7], "sft_index": 0}""", RowTypes.Ranked },
        { "nemo", """{"context": [{"role": "user", "content": "2+2?"}], "completions": [{"rank": 1, "completion": [{"role": "assistant", "content": "5"}]}, {"rank": 0, "completion": [{"role": "assistant", "content": "4"}]}]}""", RowTypes.Ranked },
        { "oasst", """{"message_tree_id": "t", "tree_state": "ready_for_export", "prompt": {"message_id": "t", "text": "q", "role": "prompter", "replies": [{"text": "a", "role": "assistant", "rank": 1, "replies": []}, {"text": "b", "role": "assistant", "rank": 0, "replies": []}]}}""", RowTypes.Ranked },
        { "ultrafeedback", """{"instruction": "q", "completions": [{"model": "m", "response": "a", "overall_score": 7}, {"model": "n", "response": "b", "overall_score": 8.5}]}""", RowTypes.Ranked },
        { "ratings", """{"prompt": "q", "response": "a", "helpfulness": 3}""", RowTypes.Ranked },
        { "pandalm", """{"idx": 0, "instruction": "i", "input": "x", "response1": "a", "response2": "b", "annotator1": 2, "annotator2": 2, "annotator3": 0}""", RowTypes.Preference },
        { "llmbar", """{"input": "q", "output_1": "a", "output_2": "b", "label": 2}""", RowTypes.Preference },
        { "fine-grained", """{"question": "q", "passages": [["T", "T. One.", "Two."]], "prediction 1": "a", "prediction 2": "b", "preference": [2]}""", RowTypes.Preference },
        { "natural-instructions", """{"Definition": ["d"], "Categories": ["c"], "Instances": [{"id": "1", "input": "x", "output": ["y", "z"]}]}""", RowTypes.PromptCompletion },
        { "self-instruct", """{"id": "s", "instruction": "i", "instances": [{"input": "", "output": "o"}]}""", RowTypes.PromptCompletion },
        { "gsm8k", """{"question": "q", "answer": "1+1=<<1+1=2>>2\n#### 2"}""", RowTypes.PromptCompletion },
        { "ifeval", """{"key": 1, "prompt": "p", "instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]}""", RowTypes.Prompt },
        { "mt-bench", """{"question_id": 81, "category": "writing", "turns": ["p", "then"]}""", RowTypes.Prompt },
        { "llama-factory-v1", """{"chosen_messages": [{"role": "user", "content": [{"type": "text", "value": "q"}], "loss_weight": 0.0}, {"role": "assistant", "content": [{"type": "text", "value": "a"}], "loss_weight": 1.0}], "rejected_messages": [{"role": "user", "content": [{"type": "text", "value": "q"}], "loss_weight": 0.0}, {"role": "assistant", "content": [{"type": "text", "value": "b"}], "loss_weight": 1.0}]}""", RowTypes.Preference },
        { "pair-columns", """{"question": "q", "chosen_response": "a", "rejected_response": "b", "chosen_score": 8, "rejected_score": 5}""", RowTypes.Preference },
        { "classification", """{"sentence": "s", "label": 1}""", RowTypes.PromptCompletion },
        { "label-studio", """{"id": 1, "data": {"prompt": "q", "answer1": "a", "answer2": "b"}, "annotations": [{"completed_by": 1, "was_cancelled": false, "result": [{"type": "pairwise", "value": {"selected": "right"}}]}]}""", RowTypes.Preference },
    };

    [Theory]
    [MemberData(nameof(Samples))]
    public void Detect_EachSample_ItsFormatAndType(string name, string json, RowTypes type)
    {
        var row = Row(json);

        var found = DataFormats.Detect([row]).ShouldNotBeNull();

        found.Format.Name.ShouldBe(name);
        found.Reason.ShouldNotBeEmpty();
        var read = found.Format.Read(row, "f:1", new Remarks()).ShouldHaveSingleItem();
        DataFormats.TypeOf(read).ShouldBe(type);
        found.Format.Gives.HasFlag(type).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Write_WhatWasRead_ReadsTheSame(string name, string json, RowTypes type)
    {
        var format = DataFormats.Named(name)!;
        if (!format.Takes.HasFlag(type))
        {
            return; // only read
        }

        var row = format.Read(Row(json), "f:1", new Remarks()).Single();
        var remarks = new Remarks();
        var meta = RowMeta.Of(row);

        var written = format.Write(row, meta, remarks).ShouldNotBeNull();
        var again = format.Read(Row(written.ToJsonString()), "f:1", new Remarks()).Single();

        remarks.All.ShouldBeEmpty();
        Texts(again).ShouldBe(Texts(row));
    }

    [Fact]
    public void Detect_MostRowsDecide_AndTheReportSaysHowMany()
    {
        var found = DataFormats.Detect([Row("""{"text": "a"}"""), Row("""{"body": "a"}"""), Row("""{"text": "b"}""")]);

        found.ShouldNotBeNull();
        (found.Format.Name, found.Rows, found.LookedAt).ShouldBe(("trl-text", 2, 3));
        DataFormats.Detect([Row("""{"body": "a"}""")]).ShouldBeNull();
    }

    [Fact]
    public void Names_AreUnique() => DataFormats.All.Select(format => format.Name).ShouldBeUnique();

    internal static JsonObject Row(string json) => JsonNode.Parse(json)!.AsObject();

    /// <summary>The row without its place and its other columns.</summary>
    internal static string Texts(DataRow row) => row switch
    {
        TextRow text => text.Text,
        MessagesRow chat => new ChatContent(chat.Messages).ToString(),
        PromptRow one => one.Prompt.ToString()!,
        PromptCompletionRow both => $"{both.Prompt} > {both.Completion}",
        UnpairedRow one => $"{one.Prompt} > {one.Completion}: {one.Label}",
        PreferenceRow pair => $"{pair.Prompt} > {pair.Chosen} | {pair.Rejected}, {pair.Margin}, {pair.Label}",
        StepwiseRow steps => $"{steps.Prompt} > {string.Join(" | ", steps.Steps)}: {string.Join(' ', steps.Labels)}",
        RankedRow ranked => $"{ranked.Prompt} > {string.Join(" | ", ranked.Responses.OrderBy(response => response.Content.ToString()).Select(response => $"{response.Content} {response.Rank} {response.Score}"))}",
        _ => throw new NotSupportedException(),
    };
}
