namespace Alignment.OnlineDpo;

/// <summary>Whose responses are compared.</summary>
public enum OnlineMethod
{
    /// <summary>The policy's own: online DPO.</summary>
    OnlineDpo,

    /// <summary>One of the policy and one of the reference, with a bonus for leaving what the reference says: exploratory preference optimisation.</summary>
    Xpo,
}
