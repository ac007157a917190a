"""The kubelets: one on each node, which run the containers of the pods bound to it and report what they see."""
