"""What is checked when a pack is loaded, a module per kind of mistake."""
