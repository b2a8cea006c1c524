"""The chapter on the service at work (RUN)."""
