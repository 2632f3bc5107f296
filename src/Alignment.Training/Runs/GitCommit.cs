namespace Alignment.Training.Runs;

/// <summary>The commit that is checked out, read from the repository's own files: git itself need not be installed.</summary>
public static class GitCommit
{
    /// <summary>The commit of the repository that holds a folder.</summary>
    /// <param name="folder">A folder in the working tree, or the tree's root.</param>
    /// <returns>40 hex digits, or null outside a repository or before its first commit.</returns>
    public static string? Find(string folder)
    {
        try
        {
            for (var place = new DirectoryInfo(Path.GetFullPath(folder)); place is not null; place = place.Parent)
            {
                var git = Path.Combine(place.FullName, ".git");
                if (Directory.Exists(git))
                {
                    return Read(git);
                }

                if (File.Exists(git)) // a linked working tree: the file names the real folder
                {
                    var target = File.ReadAllText(git).Trim();
                    return target.StartsWith("gitdir:", StringComparison.Ordinal)
                        ? Read(Path.GetFullPath(target["gitdir:".Length..].Trim(), place.FullName))
                        : null;
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // a commit that cannot be read is not worth stopping a training run
        }

        return null;
    }

    private static string? Read(string git)
    {
        var head = File.ReadAllText(Path.Combine(git, "HEAD")).Trim();
        if (!head.StartsWith("ref:", StringComparison.Ordinal))
        {
            return head;
        }

        var name = head["ref:".Length..].Trim();
        var pointer = Path.Combine(git, "commondir");
        var common = File.Exists(pointer) ? Path.GetFullPath(File.ReadAllText(pointer).Trim(), git) : git;
        foreach (var root in new[] { git, common })
        {
            var loose = Path.Combine(root, name);
            if (File.Exists(loose))
            {
                return File.ReadAllText(loose).Trim();
            }
        }

        var packed = Path.Combine(common, "packed-refs");
        var line = File.Exists(packed)
            ? File.ReadLines(packed).FirstOrDefault(entry => entry.EndsWith(" " + name, StringComparison.Ordinal))
            : null;
        return line?[..line.IndexOf(' ')];
    }
}
