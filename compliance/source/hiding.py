"""Lines of the target as a report may show them: without the secrets that stand in them."""

from __future__ import annotations

import ast
import copy
import re

#: The user and the password of a URL.
_CREDENTIALS = re.compile(r"(?<=://)([^\s/@:'\"]*):([^\s/@'\"]+)@")
HIDDEN = "…"


def without_passwords(text: str) -> str:
    """The text with the passwords of its URLs left out."""
    return _CREDENTIALS.sub(rf"\1:{HIDDEN}@", text)


def hidden(node: ast.stmt | ast.expr) -> str:
    """The node on one line with every text and number left out, comments and all."""
    try:
        bare = _Hider().visit(copy.deepcopy(node))
        return " ".join(ast.unparse(ast.fix_missing_locations(bare)).split())
    except RecursionError:  # a thousand texts, added up
        return HIDDEN


class _Hider(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        if isinstance(node.value, (str, bytes, int, float)) and not isinstance(node.value, bool):
            return ast.copy_location(ast.Constant(HIDDEN), node)
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.Constant:
        return ast.copy_location(ast.Constant(HIDDEN), node)
