"""The controllers: each reconciles objects of one kind towards what their specs ask for, and does nothing else."""
