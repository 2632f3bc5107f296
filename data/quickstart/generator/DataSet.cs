using System.Text.Json.Nodes;

namespace QuickstartData;

/// <summary>All files of the quickstart from one seed.</summary>
public static class DataSet
{
    /// <summary>The seed of the committed files.</summary>
    public const long Seed = 2;

    /// <summary>Share of the labels that are wrong, ties not counted.</summary>
    public const double FlippedShare = 0.1;

    /// <summary>Share of the ratings that are half a point off.</summary>
    public const double MisratedShare = 0.2;

    /// <summary>Replies to a prompt of the ranked lists.</summary>
    public const int ListLength = 4;

    /// <summary>Writes every file into a folder.</summary>
    public static void Write(string folder, long seed = Seed)
    {
        Directory.CreateDirectory(folder);
        var world = new World(seed);
        Question[] train = Questions(world, Split.Train, seed);
        Question[] dev = Questions(world, Split.Dev, seed);
        Question[] eval = Questions(world, Split.Eval, seed);
        void File(string name, Func<Chance, IEnumerable<JsonObject>> rows) => Lines.Write(Path.Combine(folder, name), rows(new Chance(seed, name)));

        File("corpus.jsonl", chance => Corpus.Texts(world, Mixed(train, 720, chance), rounds: 10, chance).Select(Lines.Text));
        File("sft.jsonl", chance => Mixed(train, 1200, chance).Select(question => Lines.Instruction(question, Crowd.Answer(question, chance))));
        File("preferences.jsonl", chance => Pairs(train, decided: 850, ties: 50, chance));
        File("preferences_eval.jsonl", chance => Pairs(eval, decided: 320, ties: 20, chance));
        File("prompts.jsonl", chance => Mixed(train, 300, chance).Select(Lines.Prompt));
        File("dev_prompts.jsonl", chance => Mixed(dev, 80, chance).Select(Lines.Prompt));
        File("eval_prompts.jsonl", chance => Mixed(eval, 300, chance).Select(Lines.Prompt));
        File("heldout_cluster.jsonl", chance => Choosing.Questions(world, perTask: 60, chance).Select(Lines.Prompt));
    }

    /// <summary>Writes the rated lists, which have a folder of their own.</summary>
    public static void WriteLists(string folder, long seed = Seed)
    {
        Directory.CreateDirectory(folder);
        var world = new World(seed);
        foreach (var (name, split, count) in new[] { ("rankings.jsonl", Split.Train, 300), ("rankings_eval.jsonl", Split.Eval, 120) })
        {
            Lines.Write(Path.Combine(folder, name), Lists(Questions(world, split, seed), count, new Chance(seed, name)));
        }
    }

    /// <summary>Everything that a split may ask.</summary>
    public static Question[] Questions(World world, Split split, long seed) =>
        [.. Asking.Questions(world, split), .. Checking.Questions(world, split, new Chance(seed, $"checking {split}"))];

    /// <summary>Tasks take turns, so that a small one is not drowned; when a task has no question left, the others go on.</summary>
    private static Question[] Mixed(Question[] questions, int count, Chance chance)
    {
        var queues = questions.GroupBy(question => question.Task).Select(task => new Queue<Question>(chance.Shuffled(task))).ToList();
        var mixed = new List<Question>(count);
        while (mixed.Count < count)
        {
            queues.RemoveAll(queue => queue.Count == 0);
            if (queues.Count == 0)
            {
                throw new InvalidOperationException($"{count} questions wanted, only {mixed.Count} there");
            }

            mixed.AddRange(queues.Take(count - mixed.Count).Select(queue => queue.Dequeue()));
        }

        return chance.Shuffled(mixed);
    }

    /// <summary>Lists of different replies drawn like those of SFT, rated by the gold rule, some of them half a point too high or too low.</summary>
    private static IEnumerable<JsonObject> Lists(Question[] questions, int count, Chance chance)
    {
        foreach (Question question in Mixed(questions, count, chance))
        {
            var replies = new List<Reply>();
            while (replies.Count < ListLength)
            {
                Reply reply = Crowd.Answer(question, chance);
                if (replies.All(other => other.Text != reply.Text))
                {
                    replies.Add(reply);
                }
            }

            yield return Lines.Rated(question, [.. replies.Select(reply =>
                (reply, Lines.Score(question, reply.Text) + (chance.Happens(MisratedShare) ? chance.Happens(0.5) ? 0.5 : -0.5 : 0)))]);
        }
    }

    /// <summary>Pairs of replies drawn like those of SFT, labelled by the gold rule, a tenth of the decided ones wrongly.</summary>
    private static IEnumerable<JsonObject> Pairs(Question[] questions, int decided, int ties, Chance chance)
    {
        int flips = (int)Math.Round(FlippedShare * decided);
        var flipped = new Queue<bool>(chance.Shuffled(Enumerable.Range(0, decided).Select(i => i < flips)));
        var rows = new List<JsonObject>();
        var asked = new Queue<Question>(Mixed(questions, decided + ties, chance));
        while (asked.TryDequeue(out Question? question))
        {
            // A reply pair is drawn anew until it is of a kind that is still wanted.
            while (true)
            {
                Reply a = Crowd.Answer(question, chance);
                Reply b = Crowd.Answer(question, chance);
                double difference = Lines.Score(question, a.Text) - Lines.Score(question, b.Text);
                if (a.Text == b.Text || (difference == 0 ? ties : decided) == 0)
                {
                    continue;
                }

                if (difference == 0)
                {
                    ties--;
                    rows.Add(Lines.Pair(question, a, b, 0.5, flipped: false));
                }
                else
                {
                    decided--;
                    bool flip = flipped.Dequeue();
                    (Reply chosen, Reply rejected) = (difference > 0) != flip ? (a, b) : (b, a);
                    rows.Add(Lines.Pair(question, chosen, rejected, 1, flip));
                }

                break;
            }
        }

        return chance.Shuffled(rows);
    }
}
