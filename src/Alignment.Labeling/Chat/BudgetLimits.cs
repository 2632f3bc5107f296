namespace Alignment.Labeling.Chat;

/// <summary>What requests may take, and what tokens cost.</summary>
public sealed record BudgetLimits
{
    private const decimal Million = 1_000_000;

    /// <summary>The most tokens, in and out together; null is any number.</summary>
    public long? MaxTokens { get; init; }

    /// <summary>The most money, in the currency of the prices; null is any sum.</summary>
    public decimal? MaxCost { get; init; }

    /// <summary>Price of a million tokens that go in; null when nobody knows.</summary>
    public decimal? PriceIn { get; init; }

    /// <summary>Price of a million tokens that come out; null when nobody knows.</summary>
    public decimal? PriceOut { get; init; }

    /// <summary>What tokens cost; null without prices.</summary>
    /// <param name="usage">The tokens.</param>
    public decimal? Cost(TokenUsage usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        return PriceIn is null && PriceOut is null ? null : ((usage.Prompt * (PriceIn ?? 0)) + (usage.Completion * (PriceOut ?? 0))) / Million;
    }

    /// <summary>Every rule that is broken.</summary>
    /// <returns>One sentence per problem, each beginning with the option's name.</returns>
    public IEnumerable<string> Problems()
    {
        if (MaxTokens < 1)
        {
            yield return $"max_tokens_total is {MaxTokens}; it must be at least 1";
        }

        if (MaxCost <= 0)
        {
            yield return $"max_cost is {MaxCost}; it must be above 0";
        }

        if (MaxCost is not null && (PriceIn is null || PriceOut is null))
        {
            yield return "max_cost needs price_in and price_out, the prices of a million tokens that go in and come out";
        }

        if (PriceIn < 0 || PriceOut < 0)
        {
            yield return $"price_in and price_out are {PriceIn} and {PriceOut}; they must be 0 or more";
        }
    }
}
