"""Becoming somebody: services with odd doors, and whether the kit gets in."""
