"""Understanding documents: each idea in a table of its own, and all of them on documents of real services."""
