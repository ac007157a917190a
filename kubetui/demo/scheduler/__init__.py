"""The scheduler: finds a node for each pod that has none, by the filters and weights of kube-scheduler's defaults."""
