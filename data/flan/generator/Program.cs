using FlanData;

// dotnet run -c Release --project data/flan/generator [-- FOLDER]
string folder = args.Length > 0 ? args[0] : "data/flan";
TaskData.Write(folder);
foreach (string path in Directory.GetFiles(folder, "*.jsonl").Order(StringComparer.Ordinal))
{
    Console.WriteLine($"{path}: {File.ReadLines(path).Count()} rows, {new FileInfo(path).Length} bytes");
}
