"""Project (PRJ)."""
