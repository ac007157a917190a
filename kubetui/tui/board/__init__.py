"""The first screen: four live panes and the story of what happens."""
