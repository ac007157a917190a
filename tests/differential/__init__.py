"""The same kubectl commands on a real control plane and on the built-in cluster: what is printed, answered and left."""
