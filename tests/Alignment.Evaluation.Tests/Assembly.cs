// Live tensors and the default generator belong to the whole process, and two cores gain nothing from it.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
