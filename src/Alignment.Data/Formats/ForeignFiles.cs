namespace Alignment.Data.Formats;

/// <summary>Kinds of files that are no data that is read here, by how they begin, so that the message says what they are.</summary>
internal static class ForeignFiles
{
    private const string AsJsonl = "write its rows as JSONL or CSV";
    private const string Unpack = "unpack it, or pack it with gzip";

    private static readonly (byte[] Head, string Name, string Advice)[] Kinds =
    [
        ([0xFF, 0xFE], "UTF-16", "save it as UTF-8"),
        ([0xFE, 0xFF], "UTF-16", "save it as UTF-8"),
        ([.. "PAR1"u8], "Parquet", AsJsonl),
        ([.. "ARROW1"u8], "Arrow", AsJsonl),
        ([.. "SQLite format 3"u8], "an SQLite database", AsJsonl),
        ([0x50, 0x4B, 0x03, 0x04], "a zip archive", "unpack it; a spreadsheet is saved as 'CSV UTF-8'"),
        ([0x28, 0xB5, 0x2F, 0xFD], "packed with zstd", Unpack),
        ([.. "BZh"u8], "packed with bzip2", Unpack),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "packed with xz", Unpack),
        ([.. "version https://git-lfs"u8], "a pointer of Git LFS and not the data", "get it with git lfs pull"),
        ([.. "<!DOCTYPE"u8], "a web page", "download the data itself"),
        ([.. "<html"u8], "a web page", "download the data itself"),
    ];

    /// <summary>What a file is and what to do; null where it may be data.</summary>
    /// <param name="head">Its first bytes, unpacked.</param>
    public static (string Name, string Advice)? Find(ReadOnlySpan<byte> head)
    {
        foreach (var (begin, name, advice) in Kinds)
        {
            if (head.StartsWith(begin))
            {
                return (name, advice);
            }
        }

        return null;
    }
}
