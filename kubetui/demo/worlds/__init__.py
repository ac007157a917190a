"""What a built-in cluster is filled with when it starts."""
