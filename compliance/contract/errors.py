"""What is raised when a document cannot be understood."""


class ContractError(ValueError):
    """The document is no OpenAPI document; the message says what is wrong and what to do next."""
