using Alignment.Labeling.Tasks;

namespace Alignment.Labeling.Browser.Tests;

/// <summary>Tasks to be voted on.</summary>
internal static class MadeTasks
{
    public static LabelTask Plain(int number, int candidates = 2, int overlap = 1) => new()
    {
        Id = $"t{number}",
        Prompt = $"Question {number}?",
        Candidates = [.. Enumerable.Range(0, candidates).Select(i => new Candidate($"Answer number {i} to question {number}.") { Model = $"secret-model-{i}" })],
        Overlap = overlap,
    };

    public static LabelTask[] Plain(int count) => [.. Enumerable.Range(0, count).Select(i => Plain(i, 2))];

    /// <summary>A task as people would see it, with all of Markdown.</summary>
    public static LabelTask Rich(string id = "rich", int candidates = 2, int overlap = 1)
    {
        string[] answers =
        [
            """
            Sorting is **stable** when equal elements keep their order. `List<T>.Sort` is *not* stable; LINQ's `OrderBy` is:

            ```csharp
            var byName = people.OrderBy(p => p.LastName)
                               .ThenBy(p => p.FirstName)
                               .ToList();
            ```

            | method | stable | memory |
            | --- | --- | --- |
            | `List<T>.Sort` | no | O(log n) |
            | `OrderBy` | yes | O(n) |

            See the [documentation](https://learn.microsoft.com/dotnet/csharp/linq/) for more.
            """,
            """
            A sort is stable if two items that compare as equal come out in the order in which they went in.

            1. `Array.Sort` and `List<T>.Sort` use introsort. They are not stable.
            2. `Enumerable.OrderBy` is a stable merge-like sort.
               - It copies the keys first.
               - It is lazy: nothing happens before you enumerate.

            > Use `OrderBy` when the order of equal items matters.

            The cost is $O(n \log n)$ in both cases.
            """,
            "Use `OrderBy`. It is stable.",
            "I am not sure, but I believe that all sorting methods in .NET keep the order of equal elements, so you can use any of them.",
        ];
        return new()
        {
            Id = id,
            Prompt = "Which sorting methods in .NET are **stable**, and what does that mean?\nPlease show a short example.",
            Candidates = [.. answers.Take(candidates).Select((text, i) => new Candidate(text) { Model = $"model-{i}" })],
            Overlap = overlap,
        };
    }
}
