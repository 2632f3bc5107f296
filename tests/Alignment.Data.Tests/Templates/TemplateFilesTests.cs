using Alignment.Data.Rows;
using Alignment.Data.Templates;
using Alignment.Data.Tokenization;

namespace Alignment.Data.Tests.Templates;

public sealed class TemplateFilesTests
{
    [Fact]
    public void FromFolder_OwnFile_CountsMoreThanTheConfiguration()
    {
        using var folder = new TemporaryFolder();

        ChatTemplate.FromFolder(folder.Path).ShouldBeNull();
        folder.Write("chat_template.json", """{"chat_template": "three"}""");
        ChatTemplate.FromFolder(folder.Path)!.Source.ShouldBe("three");
        folder.Write("tokenizer_config.json", """{"chat_template": [{"name": "tool_use", "template": "tools"}, {"name": "default", "template": "two"}]}""");
        ChatTemplate.FromFolder(folder.Path)!.Source.ShouldBe("two");
        folder.Write("chat_template.jinja", "one");
        ChatTemplate.FromFolder(folder.Path)!.Source.ShouldBe("one");
    }

    [Fact]
    public void FromFolder_NamedForTools_IsUsedWhereARowHasTools()
    {
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer_config.json", """{"chat_template": [{"name": "tool_use", "template": "tools"}, {"name": "default", "template": "none"}]}""");
        var template = ChatTemplate.FromFolder(folder.Path)!;
        ChatContent chat = new([new Message("user", "x")]);

        TinyTokenizer.Instance.Decode(template.Prompt(TinyTokenizer.Instance, chat)).ShouldBe("none");
        TinyTokenizer.Instance.Decode(template.Prompt(TinyTokenizer.Instance, chat with { Variables = """{"tools":[{}]}""" })).ShouldBe("tools");
    }

    [Fact]
    public void Find_SeveralFolders_FirstThatShipsATemplate()
    {
        using var adapter = new TemporaryFolder();
        using var model = new TemporaryFolder();
        string[] folders = [adapter.Path, model.Path];

        Should.Throw<InvalidDataException>(() => TemplateChoice.Find("model", folders)).Message.ShouldStartWith("template is 'model', but the model folder ships no chat template");
        TemplateChoice.Find("auto", folders).RendersMessages.ShouldBeFalse();
        model.Write("chat_template.jinja", "base");
        TemplateChoice.Find("model", folders).Source.ShouldBe("base");
        adapter.Write("chat_template.jinja", "adapter");
        TemplateChoice.Find("auto", folders).Source.ShouldBe("adapter");
        TemplateChoice.Find("alpaca", folders).Name.ShouldBe("alpaca");
    }

    [Fact]
    public void FromFolder_BrokenTemplate_NamesFileAndLine()
    {
        using var folder = new TemporaryFolder();
        folder.Write("chat_template.jinja", "a\n{% if %}");

        Should.Throw<FormatException>(() => ChatTemplate.FromFolder(folder.Path)).Message.ShouldStartWith($"{Path.Combine(folder.Path, "chat_template.jinja")}:2: ");
        folder.Write("tokenizer_config.json", """{"chat_template": 5}""");
        File.Delete(Path.Combine(folder.Path, "chat_template.jinja"));
        Should.Throw<InvalidDataException>(() => ChatTemplate.FromFolder(folder.Path)).Message.ShouldContain("'chat_template' is neither a text nor a list");
    }

    [Theory]
    [InlineData("{\n  \"a\": 1,\n  \"chat_template\": \"old {{ x }}\",\n  \"b\": [2]\n}\n", "{\n  \"a\": 1,\n  \"chat_template\": \"new \\\"<|x|>\\\"\",\n  \"b\": [2]\n}\n")]
    [InlineData("{\"chat_template\": [{\"name\": \"default\", \"template\": \"old\"}], \"b\": 2}", "{\"chat_template\": \"new \\\"<|x|>\\\"\", \"b\": 2}")]
    [InlineData("{\"inner\": {\"chat_template\": 1}}", "{\"inner\": {\"chat_template\": 1},\n  \"chat_template\": \"new \\\"<|x|>\\\"\"}")]
    [InlineData("{}", "{\n  \"chat_template\": \"new \\\"<|x|>\\\"\"}")]
    public void Store_Configuration_ChangesTheKeyOnly(string before, string after)
    {
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer_config.json", before);

        TemplateFiles.Store(folder.Path, "new \"<|x|>\"");

        File.ReadAllText(Path.Combine(folder.Path, "tokenizer_config.json")).ShouldBe(after);
        ChatTemplate.FromFolder(folder.Path)!.Source.ShouldBe("new \"<|x|>\"");
    }

    [Fact]
    public void Store_SameTemplate_ChangesNoByte()
    {
        using var folder = new TemporaryFolder();
        const string Config = "{ \"chat_template\" :\"a\\u003cb\" }";
        folder.Write("tokenizer_config.json", Config);

        TemplateFiles.Store(folder.Path, "a<b");

        File.ReadAllText(Path.Combine(folder.Path, "tokenizer_config.json")).ShouldBe(Config);
    }

    [Fact]
    public void Store_OwnFile_IsReplacedToo()
    {
        using var folder = new TemporaryFolder();
        folder.Write("chat_template.jinja", "old");
        folder.Write("chat_template.json", """{"chat_template": "older"}""");
        folder.Write("tokenizer_config.json", "{}");

        TemplateFiles.Store(folder.Path, "new");

        Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order().ShouldBe(["chat_template.jinja", "tokenizer_config.json"]);
        File.ReadAllText(Path.Combine(folder.Path, "chat_template.jinja")).ShouldBe("new");
    }

    [Fact]
    public void Contract_SameTokens_WhateverTheText()
    {
        using var folder = new TemporaryFolder();
        folder.Write("chat_template.jinja", TokenizerFile.ChatMlTemplate);
        var tokenizer = TinyTokenizer.Instance;

        TemplateContract.Check(tokenizer, ChatTemplate.ChatMl, [folder.Path], "chatml", "reward_model");
        TemplateContract.Check(tokenizer, ChatTemplate.ChatMl, [folder.Path], null, "reward_model");
        TemplateContract.Check(tokenizer, ChatTemplate.Plain, [folder.Path], null, "reward_model");
        Should.Throw<InvalidDataException>(() => TemplateContract.Check(tokenizer, ChatTemplate.Plain, [folder.Path], "chatml", "reward_model"))
            .Message.ShouldEndWith("was trained with another template than data.template plain: it reads texts as messages; use one template for all models that read the same text");
        Should.Throw<InvalidDataException>(() => TemplateContract.Check(tokenizer, ChatTemplate.Named("zephyr"), [folder.Path], null, "reward_model"))
            .Message.ShouldContain("a prompt is '<|im_start|>user\\nOne<|im_end|>\\n<|im_start|>assistant\\n' there, '<|user|>\\nOne");
        using var adapter = new TemporaryFolder();
        TemplateContract.Check(tokenizer, ChatTemplate.ChatMl, [adapter.Path, folder.Path], null, "reward_model");
        Should.Throw<InvalidDataException>(() => TemplateContract.Check(tokenizer, ChatTemplate.Named("zephyr"), [adapter.Path, folder.Path], null, "reward_model"))
            .Message.ShouldContain(adapter.Path);
        TemplateContract.CheckReference(tokenizer, ChatTemplate.Named("zephyr"), folder.Path, _ => "plain");
        Should.Throw<InvalidDataException>(() => TemplateContract.CheckReference(tokenizer, ChatTemplate.Named("zephyr"), folder.Path, _ => "chatml"));
    }
}
