"""The page of an object, made for its kind: one file each. Pure."""
