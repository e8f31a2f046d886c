"""Projects as other people have them."""
