// The default generator belongs to the whole process, and two cores gain nothing from it.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
