"""The programs that containers have, a group of them in each module."""
