"""What it is like inside a simulated container: its files, its environment, its network, and the programs it has."""
