"""Twins: conformant services built quite unlike the reference. A rule that complains of one is wrong."""
