// Tensors are counted, over the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
