"""From outcomes to a word."""
