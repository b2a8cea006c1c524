"""The service's source tree: index, layers, engines. It is read and never run."""

from compliance.source.opening import SourceError as SourceError
from compliance.source.opening import read_source as read_source
from compliance.source.ruff import asks_ruff as asks_ruff
from compliance.source.tree import Source as Source
