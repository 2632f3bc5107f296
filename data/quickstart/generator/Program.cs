using QuickstartData;

// dotnet run -c Release --project data/quickstart/generator [-- FOLDER [FOLDER OF THE RATED LISTS]]
string folder = args.Length > 0 ? args[0] : "data/quickstart";
string lists = args.Length > 1 ? args[1] : "data/rankings";
DataSet.Write(folder);
DataSet.WriteLists(lists);
foreach (string path in Directory.GetFiles(folder, "*.jsonl").Concat(Directory.GetFiles(lists, "*.jsonl")).Order(StringComparer.Ordinal))
{
    Console.WriteLine($"{path}: {File.ReadLines(path).Count()} rows, {new FileInfo(path).Length} bytes");
}
