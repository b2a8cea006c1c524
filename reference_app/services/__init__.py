"""Business rules. Nothing here knows HTTP or SQL."""
