"""The executable form of a written coding standard for layered FastAPI services."""

__version__ = "0.1.0"
