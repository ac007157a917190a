"""What containers say, on the screen: one book of lines, drawn by what is visible."""
