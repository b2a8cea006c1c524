"""The depth inside: what is seen of an application at work, and what is no fault of it."""
