"""Standards that are not the kit's own."""
