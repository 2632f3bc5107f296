using System.Runtime.InteropServices;

namespace TorchSharp;

public static partial class torch
{
    public static string __version__ => Marshal.PtrToStringUTF8(Native.at_version())!;

    public static int get_num_threads() => Threads(0);

    public static void set_num_threads(int num) => Native.Check(Native.at_set_threads(0, num));

    public static void set_num_interop_threads(int num) => Native.Check(Native.at_set_threads(1, num));

    private static unsafe int Threads(int what)
    {
        int count;
        Native.Check(Native.at_get_threads(what, &count));
        return count;
    }
}
