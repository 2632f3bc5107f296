using System.CommandLine;
using Alignment.Core.Checkpoints;
using Alignment.Core.Generation;
using Alignment.Core.Numerics;
using Alignment.Data.Formats;
using Alignment.Data.Rows;
using Alignment.Data.Templates;
using Alignment.Labeling.Formats;
using Alignment.Labeling.Sampling;
using Alignment.Labeling.Store;
using Alignment.Labeling.Tasks;
using Alignment.Training.Loops;
using Alignment.Training.Options;
using Alignment.Training.Pipelines;

namespace Alignment.Cli;

/// <summary><c>alignment label export</c>: answers to tasks, tasks to annotators.</summary>
internal static class LabelExportCommand
{
    private static readonly SamplingOptions Sampling = new();
    private static readonly SelectionOptions Selection = new();

    private static readonly Option<string> Project = LabelOptions.Project();
    private static readonly Option<string?> Name = new("--name") { Description = "a new project's name; default: the folder's", HelpName = "TEXT" };
    private static readonly Option<string?> Guidelines = new("--guidelines") { Description = "a new project's guidelines for annotators, Markdown", HelpName = "FILE" };
    private static readonly Option<long> Seed = new("--seed") { Description = "of sampling, choosing, and the order in which answers are shown", DefaultValueFactory = _ => 1, HelpName = "N" };

    private static readonly Option<string[]> Prompts = new("--prompts") { Description = "rows with a prompt, for --model; may be repeated", HelpName = "FILE" };
    private static readonly Option<string[]> Model = new("--model") { Description = "sample answers of this model folder, under a name; may be repeated", HelpName = "[NAME=]DIR" };
    private static readonly Option<string[]> Candidates = new("--candidates") { Description = "rows with prompt and response, candidates, or chosen and rejected; may be repeated", HelpName = "[NAME=]FILE" };
    private static readonly Option<int> Samples = new("--samples") { Description = "answers of each model to each prompt", DefaultValueFactory = _ => 1, HelpName = "N" };
    private static readonly Option<int> MaxNewTokens = new("--max-new-tokens") { Description = "most tokens of an answer", DefaultValueFactory = _ => Sampling.MaxNewTokens, HelpName = "N" };
    private static readonly Option<double> Temperature = new("--temperature") { Description = "divides the logits", DefaultValueFactory = _ => Sampling.Temperature, HelpName = "T" };
    private static readonly Option<double> TopP = new("--top-p") { Description = "keep the most likely tokens that reach this probability", DefaultValueFactory = _ => Sampling.TopP, HelpName = "P" };
    private static readonly Option<int> TopK = new("--top-k") { Description = "keep the k most likely tokens; 0 keeps all", DefaultValueFactory = _ => Sampling.TopK, HelpName = "K" };
    private static readonly Option<string> Template = new("--template") { Description = "the chat template of models and reward models", DefaultValueFactory = _ => ChatTemplate.Plain.Name, HelpName = "NAME" };
    private static readonly Option<bool> Bos = new("--bos") { Description = "begin prompts with the tokenizer's BOS" };
    private static readonly Option<int> BatchSize = new("--batch-size") { Description = "answers side by side; changes nothing but time and memory", DefaultValueFactory = _ => 32, HelpName = "N" };
    private static readonly Option<string> Device = new("--device") { Description = "cpu, cuda or cuda:N", DefaultValueFactory = _ => "cpu" };
    private static readonly Option<ComputePrecision> Dtype = new("--dtype") { Description = "number type of matrix products", DefaultValueFactory = _ => ComputePrecision.Fp32 };

    private static readonly Option<int> PerTask = new("--per-task") { Description = "candidates of a task", DefaultValueFactory = _ => Selection.Candidates, HelpName = "K" };
    private static readonly Option<SelectionKind> Select = new("--select") { Description = "which candidates: random, those with the smallest reward margin, or those on which reward models disagree most", DefaultValueFactory = _ => Selection.Select };
    private static readonly RewardArguments Rewards = new("for --select margin (one, or several put together) and disagreement (two or more)");
    private static readonly Option<int> PerPrompt = new("--per-prompt") { Description = "most tasks of a prompt", DefaultValueFactory = _ => Selection.PerPrompt, HelpName = "N" };
    private static readonly Option<int?> Tasks = new("--tasks") { Description = "most tasks; default: all", HelpName = "N" };
    private static readonly Option<int> Overlap = new("--overlap") { Description = "annotators who decide a task of the overlap share", DefaultValueFactory = _ => Selection.Overlap, HelpName = "N" };
    private static readonly Option<double> OverlapShare = new("--overlap-share") { Description = "share of tasks with that overlap; one annotator decides each of the others", DefaultValueFactory = _ => Selection.OverlapShare, HelpName = "S" };
    private static readonly Option<string[]> Gold = new("--gold") { Description = "preference rows whose better side is known, to be mixed in; may be repeated", HelpName = "FILE" };
    private static readonly Option<double> GoldShare = new("--gold-share") { Description = "share of gold tasks among all", DefaultValueFactory = _ => Selection.GoldShare, HelpName = "S" };

    private static readonly Option<ExchangeFormat[]> To = new("--to") { Description = "write all tasks in this format: jsonl, csv, label-studio, argilla; may be repeated", CustomParser = Formats, HelpName = "FORMAT" };
    private static readonly Option<string?> Output = new("--output") { Description = "the folder for --to; default: export in the project's folder", HelpName = "DIR" };
    private static readonly Option<string?> Votes = new("--votes") { Description = "write the standing votes as JSONL", HelpName = "FILE" };

    public static Command Create()
    {
        var command = new Command("export", "Makes labelling tasks of models' answers, and writes them for people and other tools.")
        {
            Project, Name, Guidelines, Seed, Prompts, Model, Candidates, Samples, MaxNewTokens, Temperature, TopP, TopK, Template, Bos, BatchSize, Device, Dtype,
            PerTask, Select,
        };
        foreach (var option in (Option[])[.. Rewards.All, PerPrompt, Tasks, Overlap, OverlapShare, Gold, GoldShare, To, Output, Votes])
        {
            command.Add(option);
        }

        command.SetAction(Run);
        return command;
    }

    /// <summary>Formats by the names that the command line uses.</summary>
    internal static ExchangeFormat[] Formats(System.CommandLine.Parsing.ArgumentResult result)
    {
        List<ExchangeFormat> formats = [];
        foreach (var token in result.Tokens)
        {
            if (Enum.TryParse<ExchangeFormat>(token.Value.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var format))
            {
                formats.Add(format);
            }
            else
            {
                result.AddError($"'{token.Value}' is no format; use jsonl, csv, label-studio, argilla, openai or pandalm.");
            }
        }

        return [.. formats];
    }

    private static int Run(ParseResult parsed)
    {
        using var signals = new StopSignals();
        var rewards = Rewards.Read(parsed);
        var options = SelectionOf(parsed) with { RewardAggregation = rewards.Aggregation, RewardConfidence = rewards.Confidence };
        LabelOptions.Check(options.Problems().Select(problem => problem.StartsWith("candidates ", StringComparison.Ordinal) ? "per_task" + problem["candidates".Length..] : problem));
        var tasks = Make(parsed, options, rewards.Folders, signals.Token);
        return LabelOptions.Run(async () =>
        {
            await using var store = await OpenAsync(parsed, isNew: tasks is not null);
            if (tasks is not null)
            {
                var added = await store.AddTasksAsync(tasks, signals.Token);
                Console.Out.WriteLine($"{added} new task{(added == 1 ? "" : "s")} ({tasks.Count(task => task.Gold is not null)} gold, {tasks.Count(task => task.Overlap > 1)} with overlap) in {LabelStores.Show(parsed.GetRequiredValue(Project))}");
            }

            var all = await store.TasksAsync();
            var folder = parsed.GetValue(Output) ?? Path.Combine(LabelStores.Folder(parsed.GetRequiredValue(Project)), "export");
            foreach (var file in (parsed.GetValue(To) ?? []).SelectMany(format => TaskExport.Write(format, folder, store.Project, all)))
            {
                Console.Out.WriteLine(file);
            }

            if (parsed.GetValue(Votes) is { } path)
            {
                AtomicFile.WriteText(path, JsonlVotes.Write(await store.VotesAsync()));
                Console.Out.WriteLine(path);
            }

            return ExitCodes.Done;
        });
    }

    private static SelectionOptions SelectionOf(ParseResult parsed) => new()
    {
        Candidates = parsed.GetValue(PerTask),
        Select = parsed.GetValue(Select),
        PerPrompt = parsed.GetValue(PerPrompt),
        Tasks = parsed.GetValue(Tasks),
        Overlap = parsed.GetValue(Overlap),
        OverlapShare = parsed.GetValue(OverlapShare),
        GoldShare = parsed.GetValue(GoldShare),
        Seed = parsed.GetValue(Seed),
    };

    // Null when no answers were asked for: then the project's tasks are only written.
    private static IReadOnlyList<LabelTask>? Make(ParseResult parsed, SelectionOptions options, IReadOnlyList<string> rewardModels, CancellationToken cancellation)
    {
        var (models, files, gold) = (parsed.GetValue(Model) ?? [], parsed.GetValue(Candidates) ?? [], parsed.GetValue(Gold) ?? []);
        if (models.Length + files.Length + gold.Length == 0)
        {
            return null;
        }

        var run = ModelRunOf(parsed);
        var pool = new CandidatePool();
        foreach (var (name, file) in files.Select(Named))
        {
            foreach (var path in DataFiles.Resolve([file]))
            {
                CandidateFiles.Read(path, name, pool);
            }
        }

        if (models.Length > 0)
        {
            var prompts = parsed.GetValue(Prompts) is { Length: > 0 } given
                ? new RowReader(RowTypes.Prompt).Read(DataFiles.Resolve(given)).Cast<PromptRow>().ToList()
                : throw LabelOptions.Wrong("--model needs prompts to answer; give them with --prompts FILE");
            TorchRuntime.Initialize();
            var sampler = new CandidateSampler(run, options.Seed);
            foreach (var (name, folder) in models.Select(Named))
            {
                sampler.Sample(name ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), folder, prompts, parsed.GetValue(Samples), pool, cancellation);
            }
        }

        foreach (var folder in rewardModels)
        {
            TorchRuntime.Initialize();
            PoolScorer.Score(folder, pool, run, cancellation, options.RewardAggregation, rewardModels.Count);
        }

        var known = gold.Length > 0 ? new RowReader(RowTypes.Preference).Read(DataFiles.Resolve(gold)).Cast<PreferenceRow>().ToList() : [];
        var few = pool.Prompts.Count(prompt => prompt.Candidates.Count < options.Candidates);
        Console.Out.WriteLine($"{pool.Prompts.Sum(prompt => prompt.Candidates.Count)} answers to {pool.Prompts.Count} prompts; left out: {pool.Blank} blank, {pool.Repeated} repeated; {few} prompts with fewer than {options.Candidates} different answers");
        return TaskSelection.Make(pool, known, options);
    }

    private static ModelRun ModelRunOf(ParseResult parsed)
    {
        var sampling = Sampling with
        {
            MaxNewTokens = parsed.GetValue(MaxNewTokens),
            Temperature = parsed.GetValue(Temperature),
            TopP = parsed.GetValue(TopP),
            TopK = parsed.GetValue(TopK),
        };
        var problems = sampling.Problems().Select(problem => new OptionsProblem("command line", 0, problem)).ToList();
        if (parsed.GetValue(Samples) < 1 || parsed.GetValue(BatchSize) < 1)
        {
            problems.Add(new OptionsProblem("command line", 0, "--samples and --batch-size must be at least 1"));
        }

        return problems.Count > 0 ? throw new OptionsException(problems) : new ModelRun
        {
            Sampling = sampling,
            Template = ChatTemplate.Named(parsed.GetRequiredValue(Template)),
            Bos = parsed.GetValue(Bos),
            BatchSize = parsed.GetValue(BatchSize),
            Device = parsed.GetRequiredValue(Device),
            Dtype = parsed.GetValue(Dtype),
        };
    }

    private static (string? Name, string Path) Named(string text) => text.Split('=', 2) is [{ Length: > 0 } name, { Length: > 0 } path] ? (name, path) : (null, text);

    private static async Task<ILabelStore> OpenAsync(ParseResult parsed, bool isNew)
    {
        var location = parsed.GetRequiredValue(Project);
        if (!isNew || await LabelStores.ExistsAsync(location))
        {
            return await LabelStores.OpenAsync(location, readOnly: !isNew);
        }

        return await LabelStores.CreateAsync(location, new LabelProject
        {
            Name = parsed.GetValue(Name) ?? LabelStores.DefaultName(location),
            Seed = parsed.GetValue(Seed),
            Guidelines = parsed.GetValue(Guidelines) is { } file ? await File.ReadAllTextAsync(file) : null,
        });
    }
}
