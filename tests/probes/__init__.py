"""Probes: one conformant service, and one oddity at a time that many real services have. No rule may complain of any."""
