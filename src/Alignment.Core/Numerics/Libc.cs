using System.Runtime.InteropServices;

namespace Alignment.Core.Numerics;

/// <summary>The C library's side of this process, on Linux: .NET's own copy of the environment never reaches native code.</summary>
internal static partial class Libc
{
    internal const int MTrimThreshold = -1;
    internal const int MTopPad = -2;
    internal const int MMmapMax = -4;

    private const int LoadNow = 2;
    private const int UseHugePages = 14; // MADV_HUGEPAGE
    private const int ReadAndWrite = 3; // PROT_READ | PROT_WRITE
    private const int PrivateAnonymous = 0x22; // MAP_PRIVATE | MAP_ANONYMOUS

    internal static string? GetVariable(string name) => Marshal.PtrToStringUTF8(getenv(name));

    internal static void SetVariable(string name, string? value)
    {
        var status = value == null ? unsetenv(name) : setenv(name, value, 1);
        if (status != 0)
        {
            throw new InvalidOperationException($"The C library refused to set {name} (error {Marshal.GetLastPInvokeError()}).");
        }
    }

    /// <summary>Loads a library for itself: a later library that needs the same soname gets this one. Null, or what the loader says.</summary>
    internal static string? Load(string path)
    {
        if (dlopen(path, LoadNow) != 0)
        {
            return null;
        }

        return Marshal.PtrToStringUTF8(dlerror()) ?? "the loader gives no reason";
    }

    /// <summary>False where the allocator is not glibc's.</summary>
    internal static bool TuneAllocator(int parameter, int value)
    {
        try
        {
            return mallopt(parameter, value) == 1;
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>Asks the kernel for pages of 2 MiB: memory that is read from front to back comes faster. Nothing is lost where it refuses.</summary>
    /// <param name="address">On a border of 2 MiB.</param>
    /// <param name="bytes">From there on.</param>
    internal static void AdviseHugePages(nint address, nuint bytes) => _ = madvise(address, bytes, UseHugePages);

    /// <summary>Memory of whole pages, which begins with zeros and goes back to the kernel with <see cref="Unmap"/>.</summary>
    /// <exception cref="OutOfMemoryException">The kernel refuses.</exception>
    internal static nint Map(nuint bytes)
    {
        var start = mmap(0, bytes, ReadAndWrite, PrivateAnonymous, -1, 0);
        return start != -1 ? start : throw new OutOfMemoryException($"The kernel gives no {bytes} bytes (error {Marshal.GetLastPInvokeError()}).");
    }

    /// <summary>Gives all of a <see cref="Map"/> back.</summary>
    internal static void Unmap(nint start, nuint bytes) => _ = munmap(start, bytes);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint getenv(string name);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int setenv(string name, string value, int overwrite);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int unsetenv(string name);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint dlopen(string path, int flags);

    [LibraryImport("libc")]
    private static partial nint dlerror();

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint mmap(nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc")]
    private static partial int munmap(nint address, nuint length);

    [LibraryImport("libc")]
    private static partial int madvise(nint address, nuint length, int advice);

    [LibraryImport("libc")]
    private static partial int mallopt(int parameter, int value);
}
