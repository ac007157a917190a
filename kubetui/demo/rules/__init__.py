"""The rules of single kinds: one file a kind or a family of kinds."""
