"""The columns that `kubectl get` shows of each kind, printed by the server (pkg/printers/internalversion)."""
