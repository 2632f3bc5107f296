using Alignment.Data.Audit;

namespace Alignment.Data.Tests.Audit;

public sealed class SensitiveTextTests
{
    [Theory]
    [InlineData("write to jane.doe+x@mail.example.org please", "e-mail address")]
    [InlineData("a @ b, user@host", null)]
    [InlineData("pay with 4111 1111 1111 1111.", "card number")] // passes Luhn's check
    [InlineData("pay with 4111 1111 1111 1112.", null)] // does not
    [InlineData("call (555) 123-4567 now", "telephone number")]
    [InlineData("call +49 30 901820", "telephone number")]
    [InlineData("ssn 078-05-1120", "social security number")]
    [InlineData("pi is 3.14159265358979 and 2026-11-21 is a day", null)]
    public void Personal_Text_NamesTheKind(string text, string? kind) => SensitiveText.Personal(text).ShouldBe(kind);

    [Theory]
    [InlineData("AKIAABCDEFGHIJKLMNOP", "AWS key")]
    [InlineData("ghp_abcdefghijklmnopqrstuvwxyz0123456789", "GitHub token")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----", "private key")]
    [InlineData("the sk-learn package, a task-force", null)]
    public void Secret_Text_NamesTheKind(string text, string? kind) => SensitiveText.Secret(text).ShouldBe(kind);
}
