"""What goes to the terminal: cells, the bytes that change them, and the line these go over. Knows no widget."""
