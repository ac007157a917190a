"""The built-in cluster: API server, controllers, scheduler and kubelets in one process. Imports no other room."""
