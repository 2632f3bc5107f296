using System.Security.Cryptography;
using System.Text;
using Alignment.Core.Numerics;

namespace Alignment.Core.Tests.Numerics;

public sealed class SeedsTests
{
    [Fact]
    public void Derive_ByHand_IsTheDocumentedHash()
    {
        byte[] message = [.. "alignment-seed/1\n"u8, 7, 0, 0, 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes("shuffle")];
        var expected = BitConverter.ToInt64(SHA256.HashData(message)) & long.MaxValue;

        Seeds.Derive(7, "shuffle").ShouldBe(expected);
    }

    [Fact]
    public void Derive_OtherSeedOrPurpose_GivesAnotherNonNegativeSeed()
    {
        string[] purposes = ["init", "shuffle", "dropout", "sampling"];
        var seeds = Enumerable.Range(-50, 100).SelectMany(seed => purposes.Select(purpose => Seeds.Derive(seed, purpose))).ToArray();

        seeds.Distinct().Count().ShouldBe(400);
        seeds.ShouldAllBe(seed => seed >= 0);
    }

    [Fact]
    public void Derive_EmptyPurpose_Throws() => Should.Throw<ArgumentException>(() => Seeds.Derive(1, " "));
}
