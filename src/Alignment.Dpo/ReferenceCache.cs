using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Alignment.Core.Checkpoints;
using Serilog;
using static TorchSharp.torch;

namespace Alignment.Dpo;

/// <summary>
/// The reference's log-probs on disk, named by the content that they were computed from: another run of the stage, with another β or after a
/// stop, reads them back. A file that is damaged or of other content is not used.
/// </summary>
/// <param name="path">The file; safetensors, written aside and renamed.</param>
/// <param name="key">Hash of everything that the numbers depend on.</param>
/// <param name="log">Told about damaged files.</param>
internal sealed class ReferenceCache(string path, string key, ILogger log)
{
    /// <summary>The file's name in the stage's folder.</summary>
    public const string FileName = "reference.safetensors";

    private const string KeyEntry = "key";
    private const string DigestEntry = "sha256";

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="counts">Pairs of each set, by name.</param>
    /// <returns>Log-probs by set; null when there is no file of this content.</returns>
    public IReadOnlyDictionary<string, ReferenceLogProbs>? TryRead(IReadOnlyDictionary<string, int> counts)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var file = SafetensorsFile.Open(path);
            if (file.Metadata.GetValueOrDefault(KeyEntry) != key)
            {
                log.Information("{File} is of another reference or of other pairs; computing it again", path);
                return null;
            }

            var sets = counts.ToDictionary(set => set.Key, set => new ReferenceLogProbs(Values(file, Chosen(set.Key)), Values(file, Rejected(set.Key))));
            if (file.Metadata.GetValueOrDefault(DigestEntry) != Digest(sets) || counts.Any(set => sets[set.Key].Chosen.Length != set.Value))
            {
                throw new InvalidDataException("the numbers are not those that were written");
            }

            return sets;
        }
        catch (InvalidDataException error)
        {
            log.Warning("{File} is damaged ({Reason}); computing it again", path, error.Message.TrimEnd('.'));
            return null;
        }
    }

    /// <summary>Writes the file, replacing an old one as a whole.</summary>
    /// <param name="sets">Log-probs by set.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(IReadOnlyDictionary<string, ReferenceLogProbs> sets)
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>();
        foreach (var (name, logProbs) in sets)
        {
            tensors[Chosen(name)] = tensor(logProbs.Chosen);
            tensors[Rejected(name)] = tensor(logProbs.Rejected);
        }

        var metadata = new Dictionary<string, string> { ["format"] = "pt", [KeyEntry] = key, [DigestEntry] = Digest(sets) };
        SafetensorsWriter.Write(path, tensors, metadata: metadata);
    }

    private static string Chosen(string set) => $"{set}.chosen";

    private static string Rejected(string set) => $"{set}.rejected";

    private static double[] Values(SafetensorsFile file, string name)
    {
        using var scope = NewDisposeScope();
        var values = file.Load(name);
        return values.dtype == ScalarType.Float64 ? values.data<double>().ToArray() : throw new InvalidDataException($"'{name}' is {values.dtype}");
    }

    private static string Digest(IReadOnlyDictionary<string, ReferenceLogProbs> sets)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (_, logProbs) in sets.OrderBy(set => set.Key, StringComparer.Ordinal))
        {
            hash.AppendData(MemoryMarshal.AsBytes<double>(logProbs.Chosen));
            hash.AppendData(MemoryMarshal.AsBytes<double>(logProbs.Rejected));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
