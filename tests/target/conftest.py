from tests.target.web import web

__all__ = ["web"]
