using Alignment.Training.Runs;

namespace Alignment.Training.Tests.Runs;

public class GitCommitTests
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    [Fact]
    public void Find_LooseBranchFromASubfolder_ReadsIt()
    {
        using var folder = new TemporaryFolder();
        folder.Write(".git/HEAD", "ref: refs/heads/main\n");
        folder.Write(".git/refs/heads/main", Commit + "\n");
        Directory.CreateDirectory(folder["src", "deep"]);

        GitCommit.Find(folder["src", "deep"]).ShouldBe(Commit);
    }

    [Fact]
    public void Find_PackedBranch_ReadsIt()
    {
        using var folder = new TemporaryFolder();
        folder.Write(".git/HEAD", "ref: refs/heads/main\n");
        folder.Write(".git/packed-refs", $"# pack-refs\nffff refs/heads/other/refs/heads/main2\n{Commit} refs/heads/main\n");

        GitCommit.Find(folder.Path).ShouldBe(Commit);
    }

    [Fact]
    public void Find_LinkedWorkingTree_FollowsToTheCommonFolder()
    {
        using var folder = new TemporaryFolder();
        folder.Write("main/.git/worktrees/w/HEAD", "ref: refs/heads/b\n");
        folder.Write("main/.git/worktrees/w/commondir", "../..\n");
        folder.Write("main/.git/refs/heads/b", Commit + "\n");
        folder.Write("w/.git", $"gitdir: {folder["main", ".git", "worktrees", "w"]}\n");

        GitCommit.Find(folder["w"]).ShouldBe(Commit);
    }

    [Fact]
    public void Find_DetachedHeadOrNoCommitYet_CommitOrNull()
    {
        using var folder = new TemporaryFolder();
        folder.Write(".git/HEAD", "ref: refs/heads/main\n");
        GitCommit.Find(folder.Path).ShouldBeNull();

        folder.Write(".git/HEAD", Commit + "\n");
        GitCommit.Find(folder.Path).ShouldBe(Commit);
    }
}
