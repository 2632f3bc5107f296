using Alignment.Labeling.Store;

namespace Alignment.Labeling.Tests.Store;

public class PostgresLocationTests
{
    [Fact]
    public void Parse_ReadsEveryPart_AndNeverShowsThePassword()
    {
        var location = PostgresLocation.Parse("postgresql://ada:a%40%2Fb@db.example:6543/labels?project=round%202&sslmode=verify-full");
        var connection = location.Connection;
        (connection.Host, connection.Port, connection.Database, connection.Username, connection.Password, connection.SslMode.ToString(), location.Project)
            .ShouldBe(("db.example", 6543, "labels", "ada", "a@/b", "VerifyFull", "round 2"));
        location.ToString().ShouldBe("postgres://db.example:6543/labels?project=round 2");
        LabelStores.Show("postgres://ada:secret@h/d").ShouldNotContain("secret");
        LabelStores.Folder("postgres://ada:secret@h/d?project=../a b").ShouldBe("---a-b");
        LabelStores.Folder("labels/x").ShouldBe("labels/x");
    }

    [Fact]
    public void Defaults_AndSockets()
    {
        var location = PostgresLocation.Parse("postgres:///labels?host=/var/run/postgresql");
        (location.Connection.Host, location.Connection.Port, location.Connection.Username, location.Project).ShouldBe(("/var/run/postgresql", 5432, null, "labels"));
    }

    [Theory]
    [InlineData("postgres://u:secret@h/d?projekt=x", "'projekt' is not known")]
    [InlineData("postgres://u:secret@h", "names no database")]
    [InlineData("postgres://u:secret/with@h/d", "no address")]
    [InlineData("postgres://u:secret@h/d?project=", "project's name")]
    [InlineData("postgres://u:secret@h/d?sslmode=on", "sslmode is 'on'")]
    public void Mistakes_AreSaid_WithoutThePassword(string text, string problem)
    {
        var message = Should.Throw<InvalidDataException>(() => PostgresLocation.Parse(text)).Message;
        message.ShouldContain(problem);
        message.ShouldNotContain("secret");
    }
}
