using Alignment.Data.Formats;
using Alignment.Data.Rows;
using static Alignment.Data.Tests.Formats.DataFormatsTests;

namespace Alignment.Data.Tests.Formats.Public;

/// <summary>What each public format means: values worked out by hand from its authors' description.</summary>
public sealed class FormatReadingTests
{
    [Fact]
    public void PandaLm_ThreeVotes_TheShareIsTheLabelAndTheVotesStay()
    {
        // votes 2, 2, 0: response 2 gets (1 + 1 + 0.5) / 3
        var pair = Read<PreferenceRow>("pandalm", """{"idx": 7, "cmp_key": "llama_bloom", "instruction": "i", "input": "x", "response1": "a", "response2": "b", "annotator1": 2, "annotator2": 2, "annotator3": 0}""");

        pair.Prompt.ToString().ShouldBe("user: i\n\nx");
        (pair.Chosen.ToString(), pair.Rejected.ToString()).ShouldBe(("assistant: b", "assistant: a"));
        pair.Label.ShouldBe(2.5 / 3, 1e-12);
        var meta = RowMeta.Of(pair);
        meta["votes"]!.ToJsonString().ShouldBe("""[{"annotator":"annotator1","choice":"chosen"},{"annotator":"annotator2","choice":"chosen"},{"annotator":"annotator3","choice":"tie"}]""");
        (meta["chosen_model"]!.ToString(), meta["rejected_model"]!.ToString(), meta["chosen_position"]!.ToString(), meta["idx"]!.ToString()).ShouldBe(("bloom", "llama", "2", "7"));
    }

    [Fact]
    public void PandaLm_EvenVotes_IsATie() =>
        Read<PreferenceRow>("pandalm", """{"instruction": "i", "response1": "a", "response2": "b", "annotator1": 1, "annotator2": 2}""").Label.ShouldBe(0.5);

    [Fact]
    public void HhRlhf_TranscriptsThatDifferEarlier_AreKeptAndCounted()
    {
        var remarks = new Remarks();
        var row = Row("""{"chosen": "\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant: d", "rejected": "\n\nHuman: a\n\nAssistant: x\n\nHuman: c\n\nAssistant: e"}""");

        var pair = DataFormats.Named("hh-rlhf")!.Read(row, "f:1", remarks).Single().ShouldBeOfType<PreferenceRow>();

        pair.Prompt.ToString().ShouldBe("user: a");
        pair.Chosen.ToString().ShouldBe("assistant: b\nuser: c\nassistant: d");
        remarks.All.ShouldBe([("mismatch: the transcripts differ before their last answer", 1L, "f:1")]);
    }

    [Fact]
    public void Oasst_Tree_ARowForEachAnsweredPromptGroupedByTree()
    {
        var rows = DataFormats.Named("oasst")!.Read(Row("""
            {"message_tree_id": "t", "prompt": {"text": "q", "role": "prompter", "lang": "en", "replies": [
              {"text": "a", "role": "assistant", "rank": 1, "replies": [{"text": "more", "role": "prompter", "replies": [{"text": "c", "role": "assistant", "rank": null}]}]},
              {"text": "b", "role": "assistant", "rank": 0},
              {"text": "gone", "role": "assistant", "rank": 2, "deleted": true}]}}
            """), "f:1", new Remarks()).Cast<RankedRow>().ToList();

        rows.Select(row => row.Prompt.ToString()).ShouldBe(["user: q", "user: q\nassistant: a\nuser: more"]);
        rows[0].Responses.Select(response => (response.Content.ToString(), response.Rank)).ShouldBe([("assistant: a", 1), ("assistant: b", 0)]);
        rows.ShouldAllBe(row => RowMeta.Text(row, RowMeta.Group) == "t");
        var pair = RankedPairs.Of(rows[0]).ShouldHaveSingleItem();
        (pair.Chosen.ToString(), RowMeta.Text(pair, RowMeta.Group), RowMeta.Text(pair, RowMeta.ChosenPosition)).ShouldBe(("assistant: b", "t", null)); // where people saw it is not known
        RankedPairs.Of(rows[1]).ShouldBeEmpty();
    }

    [Fact]
    public void RankedPairs_KRatedResponses_EveryPairWithADifference()
    {
        var row = Read<RankedRow>("ultrafeedback", """{"instruction": "q", "completions": [{"response": "a", "overall_score": 3}, {"response": "b", "overall_score": 5}, {"response": "c", "overall_score": 3}]}""");

        // a-b, b-c differ; a-c is equal
        RankedPairs.Of(row).Select(pair => (pair.Chosen.ToString(), pair.Rejected.ToString(), pair.Margin)).ShouldBe([("assistant: b", "assistant: a", 2), ("assistant: b", "assistant: c", 2)]);
        RankedPairs.Undecided(row).ShouldBe(1);
    }

    [Fact]
    public void FineGrained_FourPredictions_SixPairsInTheirOrder()
    {
        var pairs = DataFormats.Named("fine-grained")!.Read(Row("""
            {"question": "q?", "passages": [["T", "T. One.", "Two."]], "prediction 1": "a", "prediction 2": "b", "prediction 3": "c", "prediction 4": "d", "preference": [0, 1, 2, 1, 0, 2]}
            """), "f:1", new Remarks()).Cast<PreferenceRow>().ToList();

        pairs.Select(pair => $"{pair.Chosen}{pair.Rejected}{pair.Label}".Replace("assistant: ", "")).ShouldBe(["ab0.5", "ac1", "da1", "bc1", "bd0.5", "dc1"]);
        pairs[0].Prompt.ToString().ShouldBe("user: T. One. Two.\n\nq?");
        pairs.Select(pair => pair.Id).Distinct().Count().ShouldBe(6);
    }

    [Fact]
    public void ShareGpt_ToolTurns_BecomeCallsAndComeBack()
    {
        var format = DataFormats.Named("sharegpt")!;
        const string Call = """{"name":"f","arguments":{"x":1}}""";
        var row = Row("""{"conversations": [{"from": "human", "value": "q"}, {"from": "function_call", "value": "CALL"}, {"from": "observation", "value": "1"}, {"from": "gpt", "value": "a"}], "tools": "[{\"name\": \"f\"}]"}"""
            .Replace("CALL", Call.Replace("\"", "\\\"")));

        var chat = format.Read(row, "f:1", new Remarks()).Single().ShouldBeOfType<MessagesRow>();
        chat.Messages.Select(message => message.Role).ShouldBe(["user", "assistant", "tool", "assistant"]);
        chat.Messages[1].NeedsOwnTemplate.ShouldBeTrue();
        var written = format.Write(chat, [], new Remarks())!;

        written["conversations"]![1]!.ToJsonString().ShouldContain("function_call");
        written["conversations"]![1]!["value"]!.ToString().ShouldBe(Call);
        written["tools"]!.ToString().ShouldBe("""[{"name":"f"}]""");
    }

    [Fact]
    public void Gsm8k_LastLine_IsTheFinalAnswer() =>
        RowMeta.Text(Read<PromptCompletionRow>("gsm8k", """{"question": "q", "answer": "x\n#### 1,200"}"""), "final_answer").ShouldBe("1,200");

    [Fact]
    public void Alpaca_History_AlternatesAndComesBack()
    {
        var format = DataFormats.Named("alpaca")!;
        const string Json = """{"instruction":"now","input":"with this","output":"o","system":"s","history":[["a","b"],["c","d"]]}""";

        var row = Read<PromptCompletionRow>("alpaca", Json);
        row.Prompt.ToString().ShouldBe("system: s\nuser: a\nassistant: b\nuser: c\nassistant: d\nuser: now\n\nwith this");
        var written = format.Write(row, RowMeta.Of(row), new Remarks())!;

        System.Text.Json.Nodes.JsonNode.DeepEquals(written, Row(Json)).ShouldBeTrue(written.ToJsonString());
    }

    [Theory]
    [InlineData("llmbar", """{"input": "q", "output_1": "a", "output_2": "b", "label": 3}""", "f:1: 'label' is 3; it must be 1 or 2, the output that is better")]
    [InlineData("pandalm", """{"instruction": "i", "response1": "a", "response2": "b", "annotator1": 4}""", "f:1: 'annotator1' is 4; a verdict is 1, 2, or 0 for a tie")]
    [InlineData("fine-grained", """{"question": "q", "prediction 1": "a", "prediction 2": "b", "preference": [1, 2]}""", "f:1: there are 2 verdicts on 2 predictions; give one for each of the 1 pairs")]
    [InlineData("pro", """{"prefix": [["q"]], "suffix": ["a"], "reward": [1]}""", "f:1: turn 1 of 'prefix' begins with neither <|prompter|> nor <|assistant|>; mark the turns")]
    [InlineData("trl-stepwise", """{"prompt": "q", "completions": ["a"], "labels": []}""", "f:1: there are 1 steps and 0 labels; give one label for each step")]
    [InlineData("sharegpt", """{"conversations": [{"from": "alien", "value": "q"}]}""", "f:1: turn 1 has the unknown role 'alien'; use human, gpt, system, function_call or observation")]
    [InlineData("nemo", """{"context": "q", "completions": [{"rank": 0.5, "completion": "a"}]}""", "f:1: a completion's 'rank' is no whole number; 0 is the best")]
    public void Read_BadRow_NamesPlaceReasonAndAdvice(string format, string json, string message) =>
        Should.Throw<DataFormatException>(() => DataFormats.Named(format)!.Read(Row(json), "f:1", new Remarks()).ToList()).Message.ShouldBe(message);

    private static T Read<T>(string format, string json)
        where T : DataRow => DataFormats.Named(format)!.Read(Row(json), "f:1", new Remarks()).Single().ShouldBeOfType<T>();
}
