"""A small FastAPI service that obeys the standard: users, products, and logging in."""
