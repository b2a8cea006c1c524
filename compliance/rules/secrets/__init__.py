"""Secrets (SEC)."""
