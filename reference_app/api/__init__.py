"""HTTP: routing, status codes, headers, the OpenAPI document."""
