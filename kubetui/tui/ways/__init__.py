"""How one gets about: prompt, command line, palette, menu, contexts, help, and where one has been."""
