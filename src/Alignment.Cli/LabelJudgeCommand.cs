using System.CommandLine;
using Alignment.Labeling.Chat;
using Alignment.Labeling.Judging;
using Alignment.Labeling.Store;
using Alignment.Training.Loops;
using Alignment.Training.Options;
using Alignment.Training.Pipelines;
using Spectre.Console;

namespace Alignment.Cli;

/// <summary><c>alignment label judge</c>: a model as one more annotator.</summary>
internal static class LabelJudgeCommand
{
    private const string DefaultKey = "OPENAI_API_KEY";

    private static readonly JudgeSettings Defaults = new() { Name = "judge", Model = "" };
    private static readonly HttpChatOptions Http = new() { Address = new Uri("http://localhost"), Model = "" };

    private static readonly Option<string> Project = LabelOptions.Project();
    private static readonly Option<string?> Endpoint = new("--endpoint") { Description = "a server with OpenAI's chat completions, such as http://localhost:8000/v1", HelpName = "URL" };
    private static readonly Option<string?> Model = new("--model") { Description = "the model's name on the server", HelpName = "NAME" };
    private static readonly Option<string?> ModelFolder = new("--model-folder") { Description = "in place of a server: a model folder, or that of an adapter", HelpName = "DIR" };
    private static readonly Option<string?> ApiKey = new("--api-key-env") { Description = $"the environment variable that holds the key; default: {DefaultKey}, when it is set; \"\" sends none", HelpName = "VARIABLE" };
    private static readonly Option<string?> Name = new("--name") { Description = "the annotator's name; default: judge:MODEL", HelpName = "TEXT" };
    private static readonly Option<string?> Rubric = new("--rubric") { Description = "what makes an answer better, as text; default: see docs/judging.md", HelpName = "FILE" };
    private static readonly Option<int> Samples = new("--samples") { Description = "times each question is asked, in each order", DefaultValueFactory = _ => Defaults.Samples, HelpName = "N" };
    private static readonly Option<SampleRule> Aggregate = new("--aggregate") { Description = "how samples become one verdict", DefaultValueFactory = _ => Defaults.Aggregate };
    private static readonly Option<bool> NoTie = new("--no-tie") { Description = "the judge may not say tie; orders that differ still are one" };
    private static readonly Option<bool> NoBothBad = new("--no-both-bad") { Description = "the judge may not say that both are bad" };
    private static readonly Option<bool> NoSystem = new("--no-system") { Description = "no system message, for models whose template has none" };
    private static readonly Option<double> Temperature = new("--temperature") { Description = "divides the logits; 0 takes the most likely token", DefaultValueFactory = _ => Defaults.Temperature, HelpName = "T" };
    private static readonly Option<int> MaxTokens = new("--max-tokens") { Description = "most tokens of an answer", DefaultValueFactory = _ => Defaults.MaxTokens, HelpName = "N" };
    private static readonly Option<long> Seed = new("--seed") { Description = "of the sampling", DefaultValueFactory = _ => Defaults.Seed, HelpName = "N" };
    private static readonly Option<SchemaSupport> Schema = new("--response-format") { Description = "auto asks the server for a JSON schema until it refuses", CustomParser = SchemaOf, DefaultValueFactory = _ => SchemaSupport.Auto, HelpName = "auto|json-schema|none" };
    private static readonly Option<int> Concurrency = new("--concurrency") { Description = "requests at a time", DefaultValueFactory = _ => Http.Connections, HelpName = "N" };
    private static readonly Option<double> AttemptTimeout = new("--timeout") { Description = "seconds for one try", DefaultValueFactory = _ => Http.AttemptTimeout.TotalSeconds, HelpName = "S" };
    private static readonly Option<double> TotalTimeout = new("--total-timeout") { Description = "seconds for all tries of a request, with the waiting between them", DefaultValueFactory = _ => Http.TotalTimeout.TotalSeconds, HelpName = "S" };
    private static readonly Option<int> Retries = new("--retries") { Description = "tries after the first one", DefaultValueFactory = _ => Http.Retries, HelpName = "N" };
    private static readonly Option<long?> MaxTokensTotal = new("--max-tokens-total") { Description = "stop before more tokens, in and out, in all runs of this judge", HelpName = "N" };
    private static readonly Option<decimal?> MaxCost = new("--max-cost") { Description = "stop before it costs more, in all runs of this judge", HelpName = "X" };
    private static readonly Option<decimal?> PriceIn = new("--price-in") { Description = "price of a million tokens that go in", HelpName = "X" };
    private static readonly Option<decimal?> PriceOut = new("--price-out") { Description = "price of a million tokens that come out", HelpName = "X" };
    private static readonly Option<int?> Tasks = new("--tasks") { Description = "most tasks in this run; default: all that it has not judged", HelpName = "N" };
    private static readonly Option<string?> Journal = new("--journal") { Description = "keeps every answer, for going on; default: judges/NAME.jsonl in the project's folder", HelpName = "FILE" };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "say what would be asked, and ask nothing" };
    private static readonly Option<string?> Template = TemplateOption.ForPrompts();
    private static readonly Option<bool> Bos = new("--bos") { Description = "with --model-folder: begin with the tokenizer's BOS where the template does not write it" };
    private static readonly Option<string> Device = new("--device") { Description = "with --model-folder: cpu, cuda or cuda:N", DefaultValueFactory = _ => "cpu" };
    private static readonly Option<ComputePrecision> Dtype = new("--dtype") { Description = "with --model-folder: number type of matrix products", DefaultValueFactory = _ => ComputePrecision.Fp32 };

    public static Command Create()
    {
        var command = new Command("judge", "Lets a model vote on the tasks, in both orders of the answers. Run again, it goes on where it was.")
        {
            Project, Endpoint, Model, ModelFolder, ApiKey, Name, Rubric, Samples, Aggregate, NoTie, NoBothBad, NoSystem, Temperature, MaxTokens, Seed, Schema, Concurrency, AttemptTimeout, TotalTimeout,
            Retries, MaxTokensTotal, MaxCost, PriceIn, PriceOut, Tasks, Journal, DryRun, Template, Bos, Device, Dtype,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var settings = SettingsOf(parsed);
        var limits = new BudgetLimits { MaxTokens = parsed.GetValue(MaxTokensTotal), MaxCost = parsed.GetValue(MaxCost), PriceIn = parsed.GetValue(PriceIn), PriceOut = parsed.GetValue(PriceOut) };
        var http = parsed.GetValue(Endpoint) is null ? null : HttpOf(parsed);
        LabelOptions.Check([.. settings.Problems(), .. limits.Problems(), .. http?.Problems() ?? [], .. CountProblems(parsed)]);
        using var signals = new StopSignals();
        return LabelOptions.Run(() => parsed.GetValue(DryRun) ? PlanAsync(parsed, settings, limits) : JudgeAsync(parsed, settings, limits, http, signals.Token));
    }

    private static async Task<int> PlanAsync(ParseResult parsed, JudgeSettings settings, BudgetLimits limits)
    {
        await using var store = await LabelStores.OpenAsync(parsed.GetRequiredValue(Project), readOnly: true);
        var voted = (await store.VotesAsync()).Where(vote => !vote.Adjudication && vote.Annotator == settings.Name).Select(vote => vote.Task).ToHashSet(StringComparer.Ordinal);
        var plan = JudgePlan.Of(await store.TasksAsync(), voted, settings, parsed.GetValue(Tasks));
        var estimate = plan.Estimate(settings);
        Console.Out.WriteLine($"{settings.Name} would judge {plan.Tasks.Count} tasks ({plan.Before} are judged): {plan.Questions} questions, both orders and all samples counted");
        Console.Out.WriteLine($"about {estimate.Prompt} tokens in, at most {estimate.Completion} out{(limits.Cost(estimate) is { } cost ? FormattableString.Invariant($"; at most about {cost:0.##}") : "")}; answers that the journal holds cost nothing");
        return ExitCodes.Done;
    }

    private static async Task<int> JudgeAsync(ParseResult parsed, JudgeSettings settings, BudgetLimits limits, HttpChatOptions? http, CancellationToken stop)
    {
        await using var store = await LabelStores.OpenAsync(parsed.GetRequiredValue(Project), cancellation: stop);
        await using var journal = JudgeJournal.Open(JournalPath(parsed, settings.Name), settings);
        var screen = new JudgeScreen(Console.Error, limits);
        var budget = new TokenBudget(limits, journal.Spent, journal.AddLost);
        await using IChatEndpoint endpoint = http is not null
            ? new HttpChatEndpoint(http, budget, onRetry: screen.Retry)
            : JudgeModel.Load(parsed.GetValue(ModelFolder)!, settings.Model, parsed.GetValue(Template), parsed.GetValue(Bos), parsed.GetValue(Concurrency), parsed.GetRequiredValue(Device), parsed.GetValue(Dtype), budget);
        var run = new JudgeRun(store, endpoint, journal, settings, onProgress: screen.Progress);
        var plan = await run.PlanAsync(parsed.GetValue(Tasks), stop);
        Console.Out.WriteLine($"{settings.Name}: {plan.Tasks.Count} tasks to judge, {plan.Before} judged before; {plan.Questions} questions, {journal.Count} answers in the journal");
        var outcome = await run.RunAsync(plan, parsed.GetValue(Concurrency), stop);
        JudgeTable.Write(outcome, limits, AnsiConsole.Console);
        if (endpoint is HttpChatEndpoint { Dropped: { Count: > 0 } dropped })
        {
            Console.Out.WriteLine($"the server does not take {string.Join(" and ", dropped)}; it was left out");
        }

        return End(outcome);
    }

    private static int End(JudgeOutcome outcome)
    {
        switch (outcome.Stop)
        {
            case JudgeStop.Done:
                return outcome.Problems.Count == 0 ? ExitCodes.Done : ExitCodes.BadInput;
            case JudgeStop.Cancelled:
                Console.Error.WriteLine("cancelled: what is done is saved; the same command goes on");
                return ExitCodes.Cancelled;
            case JudgeStop.Budget:
                Console.Error.WriteLine($"stopped: {outcome.Message}; what is done is saved; the same command with a larger budget goes on");
                return ExitCodes.BadInput;
            case JudgeStop.Refused:
                Console.Error.WriteLine($"error: {outcome.Message}");
                return ExitCodes.BadInput;
            default:
                Console.Error.WriteLine($"error: {outcome.Message}; what is done is saved; the same command goes on");
                return ExitCodes.MissingInput;
        }
    }

    private static JudgeSettings SettingsOf(ParseResult parsed)
    {
        var (endpoint, model, folder) = (parsed.GetValue(Endpoint), parsed.GetValue(Model), parsed.GetValue(ModelFolder));
        var name = (endpoint, model, folder) switch
        {
            (not null, not null, null) => model,
            (null, null, not null) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))),
            _ => throw LabelOptions.Wrong("name the judge: either --endpoint URL with --model NAME, or --model-folder DIR"),
        };
        return Defaults with
        {
            Name = parsed.GetValue(Name) ?? $"judge:{name}",
            Model = name,
            Rubric = parsed.GetValue(Rubric) is { } file ? JudgeRubric.Read(file) : JudgeRubric.Default,
            Samples = parsed.GetValue(Samples),
            Aggregate = parsed.GetValue(Aggregate),
            Tie = !parsed.GetValue(NoTie),
            BothBad = !parsed.GetValue(NoBothBad),
            SystemMessage = !parsed.GetValue(NoSystem),
            Temperature = parsed.GetValue(Temperature),
            MaxTokens = parsed.GetValue(MaxTokens),
            Seed = parsed.GetValue(Seed),
        };
    }

    private static HttpChatOptions HttpOf(ParseResult parsed)
    {
        if (!ChatAddress.TryParse(parsed.GetValue(Endpoint)!, out var address, out var problem))
        {
            throw LabelOptions.Wrong($"--endpoint {problem}");
        }

        return Http with
        {
            Address = address,
            Model = parsed.GetValue(Model)!,
            Key = KeyOf(parsed.GetValue(ApiKey)),
            AttemptTimeout = Seconds(parsed, AttemptTimeout),
            TotalTimeout = Seconds(parsed, TotalTimeout),
            Retries = parsed.GetValue(Retries),
            Connections = Math.Max(1, parsed.GetValue(Concurrency)),
            Schema = parsed.GetValue(Schema),
        };
    }

    private static ApiKey? KeyOf(string? variable) => variable switch
    {
        null => Labeling.Chat.ApiKey.FromEnvironment(DefaultKey),
        "" => null,
        _ => Labeling.Chat.ApiKey.FromEnvironment(variable) ?? throw LabelOptions.Wrong($"--api-key-env: the environment variable {variable} is not set; put the key there, not on the command line"),
    };

    private static TimeSpan Seconds(ParseResult parsed, Option<double> option) => parsed.GetValue(option) is > 0 and < 1e6 and var seconds
        ? TimeSpan.FromSeconds(seconds)
        : throw LabelOptions.Wrong($"{option.Name} must be a number of seconds above 0");

    private static IEnumerable<string> CountProblems(ParseResult parsed)
    {
        if (parsed.GetValue(Concurrency) is < 1 or > 1000)
        {
            yield return $"concurrency is {parsed.GetValue(Concurrency)}; it must be from 1 to 1000";
        }

        if (parsed.GetValue(Tasks) < 1)
        {
            yield return $"tasks is {parsed.GetValue(Tasks)}; it must be at least 1";
        }
    }

    private static string JournalPath(ParseResult parsed, string name)
    {
        var project = parsed.GetRequiredValue(Project);
        return parsed.GetValue(Journal) ?? (project.Contains("://", StringComparison.Ordinal)
            ? throw LabelOptions.Wrong("--journal FILE is needed for a project that is no folder: the answers are kept there, for going on")
            : Path.Combine(project, "judges", JudgeJournal.FileName(name)));
    }

    private static SchemaSupport SchemaOf(System.CommandLine.Parsing.ArgumentResult result)
    {
        if (result.Tokens is [{ Value: var text }] && Enum.TryParse<SchemaSupport>(text.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var value) && Enum.IsDefined(value))
        {
            return value;
        }

        result.AddError("--response-format is auto, json-schema or none.");
        return SchemaSupport.Auto;
    }
}
