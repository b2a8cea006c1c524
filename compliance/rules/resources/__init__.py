"""Resources (RES)."""
