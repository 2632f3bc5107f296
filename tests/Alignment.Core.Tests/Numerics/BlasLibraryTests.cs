using Alignment.Core.Numerics;

namespace Alignment.Core.Tests.Numerics;

public sealed class BlasLibraryTests : IDisposable
{
    private readonly DirectoryInfo _system = Directory.CreateTempSubdirectory("blas");
    private readonly Dictionary<string, string?> _environment = [];
    private readonly List<string> _loaded = [];

    public void Dispose() => _system.Delete(recursive: true);

    [Fact]
    public void Prepare_OpenMpBuildThere_LoadsItsDependencyFirst()
    {
        var folder = _system.CreateSubdirectory("openblas-openmp");
        foreach (var name in new[] { "liblapack.so.3", "libblas.so.3", "libopenblas.so.0" })
        {
            File.WriteAllText(Path.Combine(folder.FullName, name), "");
        }

        var setting = Prepare(new RuntimeOptions(), error: null).ShouldHaveSingleItem();

        setting.Value.ShouldBe(folder.FullName);
        _loaded.Select(Path.GetFileName).ShouldBe(["libopenblas.so.0", "libblas.so.3", "liblapack.so.3"]);
        _environment.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null, "4")]
    [InlineData("10", "10")]
    public void Prepare_NotInstalled_SaysWhatToInstallAndLetsBlasSleep(string? found, string expected)
    {
        if (found != null)
        {
            _environment["OPENBLAS_THREAD_TIMEOUT"] = found;
        }

        var settings = Prepare(new RuntimeOptions(), error: null);

        settings[0].Why.ShouldContain("libopenblas0-openmp");
        _environment.ShouldBe([new("OPENBLAS_THREAD_TIMEOUT", expected)]);
    }

    [Fact]
    public void Prepare_DoesNotLoad_SaysWhatTheLoaderSaid()
    {
        File.WriteAllText(Path.Combine(_system.CreateSubdirectory("openblas-openmp").FullName, "libblas.so.3"), "");

        Prepare(new RuntimeOptions(), error: "file too short")[0].Why.ShouldContain("file too short");
    }

    [Fact]
    public void Prepare_SwitchedOffOrOwnBlas_TouchesNothing()
    {
        Prepare(new RuntimeOptions { OpenMpBlas = false }, error: null).ShouldHaveSingleItem().Value.ShouldBeNull();
        Prepare(new RuntimeOptions(), error: null, usesSystemTorch: false).ShouldHaveSingleItem().Value.ShouldBeNull();
        _environment.ShouldBeEmpty();
        _loaded.ShouldBeEmpty();
    }

    private RuntimeSetting[] Prepare(RuntimeOptions options, string? error, bool usesSystemTorch = true) =>
    [
        .. BlasLibrary.Prepare(
            options,
            _system.FullName,
            usesSystemTorch,
            name => _environment.GetValueOrDefault(name),
            (name, value) => _environment[name] = value,
            path =>
            {
                _loaded.Add(path);
                return error;
            }),
    ];
}
