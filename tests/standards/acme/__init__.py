"""The standard of a company called Acme: one chapter, one clause with a rule, one without."""
