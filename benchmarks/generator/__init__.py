"""A cluster for measuring that no machine here could run: tens of thousands of pods, and events at a rate."""
