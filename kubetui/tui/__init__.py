"""What a person sees. Textual lives here and nowhere else."""
