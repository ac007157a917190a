"""Things that happen to a cluster: begun by a person's means or by an outage; what follows is left to the cluster."""
