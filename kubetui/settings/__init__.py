"""The settings file, the keymap, themes and paths."""
