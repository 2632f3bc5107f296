// Writes the arithmetic data: dotnet run data/arithmetic/generate.cs [-- FOLDER]. The same bytes on every machine.
#:property PublishAot=false
#:property GenerateDocumentationFile=false
#:property EnforceCodeStyleInBuild=false

using System.Globalization;

var folder = args.Length > 0 ? args[0] : "data/arithmetic";
ulong state = 3;

// Every sum of two numbers of two digits, in random order: 3000 to imitate, 2000 to practise on, 400 to measure by; no problem is in two files.
var problems = Enumerable.Range(10, 90).SelectMany(a => Enumerable.Range(10, 90).Select(b => (A: a, B: b))).ToArray();
for (var i = problems.Length - 1; i > 0; i--)
{
    var j = Below(i + 1);
    (problems[i], problems[j]) = (problems[j], problems[i]);
}

Write("sft.jsonl", problems[..3000].Select(p => $$"""{"prompt":"{{p.A}}+{{p.B}}=","completion":"{{Said(p.A, p.B)}}","answer":"{{p.A + p.B}}"}"""));
Write("prompts.jsonl", problems[3000..5000].Select(Prompt));
Write("eval_prompts.jsonl", problems[5000..5400].Select(Prompt));

static string Prompt((int A, int B) p) => $$"""{"prompt":"{{p.A}}+{{p.B}}=","answer":"{{p.A + p.B}}"}""";

// Sum of the units, sum of the tens with what was carried, the result: "15 8 85". Two of three times the carry is forgotten: "15 7 75".
string Said(int a, int b)
{
    var units = (a % 10) + (b % 10);
    var tens = (a / 10) + (b / 10) + (units > 9 && Below(3) == 0 ? 1 : 0);
    return string.Create(CultureInfo.InvariantCulture, $"{units} {tens} {tens}{units % 10}");
}

void Write(string name, IEnumerable<string> lines) => File.WriteAllText(Path.Combine(folder, name), string.Join('\n', lines) + "\n");

// SplitMix64 (Steele, Lea, Flood 2014).
int Below(int count)
{
    var z = state += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return (int)((z ^ (z >> 31)) % (ulong)count);
}
