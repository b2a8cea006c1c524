"""The service's source tree: index, layers, engines. It is read and never run."""

from compliance.source.tree import Source as Source
from compliance.source.tree import SourceError as SourceError
from compliance.source.tree import asks_ruff as asks_ruff
from compliance.source.tree import read_source as read_source
