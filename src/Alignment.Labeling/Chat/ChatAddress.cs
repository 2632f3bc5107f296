namespace Alignment.Labeling.Chat;

/// <summary>The address of chat completions.</summary>
public static class ChatAddress
{
    private const string Path = "/chat/completions";

    /// <summary>Completes an address: <c>http://localhost:8000</c> and <c>http://localhost:8000/v1</c> mean <c>http://localhost:8000/v1/chat/completions</c>. A query stays.</summary>
    /// <param name="text">What the user gave.</param>
    /// <param name="address">The whole address.</param>
    /// <param name="problem">What is wrong with it; null when nothing is.</param>
    /// <returns>Whether it is an address.</returns>
    public static bool TryParse(string text, out Uri address, out string? problem)
    {
        address = new Uri("http://localhost" + Path);
        problem = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var given) || (given.Scheme != Uri.UriSchemeHttp && given.Scheme != Uri.UriSchemeHttps))
        {
            problem = $"'{text}' is no http or https address, such as http://localhost:8000/v1";
        }
        else if (given.UserInfo.Length > 0)
        {
            problem = "holds a user name or password; put the key into an environment variable and name that with --api-key-env";
        }
        else if (given.Fragment.Length > 0)
        {
            problem = "ends with a fragment (#…); leave it out";
        }
        else
        {
            var path = given.AbsolutePath.TrimEnd('/');
            address = new UriBuilder(given) { Path = path.EndsWith(Path, StringComparison.Ordinal) ? path : (path.Length == 0 ? "/v1" : path) + Path }.Uri;
        }

        return problem is null;
    }

    /// <summary>The address as messages show it: without its query, which may hold a secret.</summary>
    /// <param name="address">The address.</param>
    internal static string Show(Uri address) => address.GetLeftPart(UriPartial.Path);
}
