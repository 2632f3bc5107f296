// One browser for all, and two cores gain nothing from more.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
