namespace Alignment.Labeling.Browser.Tests;

[CollectionDefinition(Chromium.Name)]
public sealed class ChromiumTests : ICollectionFixture<Chromium>;
