"""Conformant services that are written quite unlike the reference: path -> text, one module a twin."""
