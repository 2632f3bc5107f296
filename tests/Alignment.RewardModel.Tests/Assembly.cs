[assembly: CollectionBehavior(DisableTestParallelization = true)] // tensors are counted, and stages run on two cores
