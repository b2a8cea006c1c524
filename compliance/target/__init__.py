"""Reaching the service: client, actors, tokens, ledger, tape and evidence."""
