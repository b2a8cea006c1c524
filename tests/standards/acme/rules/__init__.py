"""The rules of Acme's standard."""
