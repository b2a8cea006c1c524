"""Hostile input, sent once for all rules that judge what becomes of it.

First the reads, with strange ids and queries; then the bodies, operation by operation, each on a row of the run's own.
Nothing that a service keeps of them can spoil what is asked before. The answers are on the tape like all others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from compliance.catalogue import Need, Untested
from compliance.contract.model import Operation
from compliance.target import odd
from compliance.target.actors import Actor
from compliance.target.addressing import query_values
from compliance.target.births import texts
from compliance.target.changing import NAMES, names_the_row
from compliance.target.confirmation import ABSENT
from compliance.target.denials import is_denied
from compliance.target.posts import Post, answer_to, carrying, plain, post_of, remember_password
from compliance.target.tape import Exchange
from compliance.target.tokens import says_no
from compliance.target.wire import Request

if TYPE_CHECKING:
    from compliance.target.reach import Target

_FORM = "application/x-www-form-urlencoded"
#: Strange queries that one operation is sent, and strange ids that a path gets which reads no single row.
QUERIES, FEW_IDS = 4, ("abc", "%00", str(odd.NOBODYS))


@dataclass(frozen=True, eq=False)
class Attempt:
    """One hostile body and its answer."""

    odd: odd.Odd
    exchange: Exchange


@dataclass(frozen=True, eq=False)
class Tried:
    """What was tried on one operation, with what shows that a proper request is answered well there."""

    operation: Operation
    attempts: tuple[Attempt, ...]
    #: a proper request, sent after the others; None where an earlier one has to do
    genuine: Exchange | None
    #: the row on which it was tried, read by its owner before the proper request changed it
    look: Exchange | None = None

    def of(self, *kinds: str) -> list[Attempt]:
        """The attempts of these kinds. Raises Untested where there are none, or nothing shows that it works."""
        found = [attempt for attempt in self.attempts if attempt.odd.kind in kinds]
        if not found:
            raise Untested(f"no such request was answered by {self.operation.label}")
        if self.genuine is None:
            raise Untested(
                f"no proper request to {self.operation.label} succeeded, so that a refusal says nothing"
            )
        if not self.genuine.ok or says_no(self.genuine):
            raise Untested(
                f"{self.genuine}: the proper request does not succeed, so that a refusal says nothing"
            )
        return found

    def accepts(self, attempt: Attempt) -> bool:
        """Whether it was taken like the proper request: some services answer 200 to everything, and say no in the body."""
        answer, genuine = attempt.exchange, self.genuine
        return answer.ok and genuine is not None and not is_denied(answer, genuine)


class Hostile:
    """The hostile requests of a run."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._tried: dict[str, Tried | str] = {}
        self._posts: dict[str, Post] = {}
        self._began = False
        #: how many exchanges the tape had when the first hostile body was sent; None until then
        self.since: int | None = None

    def on(self, operation: Operation) -> Tried:
        """What was tried on an operation, once. Raises Untested where it cannot be, with the reason."""
        self.read()
        if operation.label not in self._tried:
            try:
                self._tried[operation.label] = self._try(operation)
            except Untested as reason:
                self._tried[operation.label] = str(reason)
        tried = self._tried[operation.label]
        if isinstance(tried, str):
            raise Untested(tried)
        return tried

    def send(self, operation: Operation, made: Callable[[dict[str, Any]], bytes]) -> Exchange:
        """Send one more body, made of another valid one, where `on` sent its own. Raises Untested where no answer comes."""
        self.on(operation)
        return self._target.send(self._carried(operation, made(self._posts[operation.label].fresh())))

    def everywhere(self) -> None:
        """Send all of it."""
        self.read()
        if not self._target.grants.writes:
            return
        for operation in self._target.contract.operations:
            if operation.body is not None:
                with suppress(Untested):
                    self.on(operation)
            if operation.method in ("PUT", "PATCH", "DELETE") and self._is_numbered(operation):
                with suppress(Untested):
                    self._target.send(self._on_nobodys(operation))

    def _is_numbered(self, operation: Operation) -> bool:
        """Whether a number names its row: a text that names none may be taken for the name of a new one."""
        last = operation.path_parameters[-1:]
        schemas = (one.schema for one in operation.parameters if one.location == "path" and one.name in last)
        return any(self._target.contract.resolver.type_of(schema) == "integer" for schema in schemas)

    def _on_nobodys(self, operation: Operation) -> Request:
        """What changes or deletes a row, with an id that no row can have."""
        target = self._target
        request = self._with_id(operation, target.alice, str(odd.NOBODYS))
        body = operation.body and plain(target.body(operation, actor=target.alice))
        return carrying(operation, request, body) if body else request

    def read(self) -> None:
        """Ask with strange ids and queries, once, before any body."""
        if self._began:
            return
        self._began = True
        for operation in self._target.contract.operations:
            if operation.method == "GET":
                with suppress(Untested):
                    self._target.several(list(self._reads(operation)))

    # -- reads -------------------------------------------------------------------------------------------------

    def _reads(self, operation: Operation) -> Iterator[Request]:
        target = self._target
        if reason := target.restraint.why(operation):
            raise Untested(reason)
        actor = target.anonymous if target.lacks(Need.USER) else target.caller(operation)
        if operation.path_parameters:
            resource = target.contract.resource_of(operation)
            one = resource is not None and resource.read is operation
            for identifier in (str(ABSENT), *odd.IDS) if one else FEW_IDS:
                yield self._with_id(operation, actor, identifier)
        values = target.path_values(operation, actor)
        needed = query_values(target, operation, actor)
        plain = target.request(operation, actor, values, params=needed)
        if any(listing.operation is operation for listing in target.contract.lists):
            yield plain  # as it is before anything strange is kept
        asked = [p for p in operation.parameters if p.name not in needed]
        for name, value in list(odd.query_values(target.contract.resolver, asked))[:QUERIES]:
            path = f"{plain.path}?{urlencode(needed)}&{name}={value}".replace("?&", "?")
            yield replace(plain, path=path, params={})

    def _with_id(self, operation: Operation, actor: Actor, written: str) -> Request:
        """The request with that in place of the last id, above which lies what is the actor's own."""
        target, last, mark = self._target, operation.path_parameters[-1], "kit-place-of-an-id"
        values = target.path_values(operation, actor) if len(operation.path_parameters) > 1 else {}
        request = target.request(operation, actor, {**values, last: mark})
        return replace(request, path=request.path.replace(mark, written))

    # -- bodies ------------------------------------------------------------------------------------------------

    def _try(self, operation: Operation) -> Tried:
        target = self._target
        target.require(Need.WRITES)
        if operation.body is None:
            raise Untested(f"{operation.label} takes no body")
        post = self._posts[operation.label] = post_of(target, operation)
        self.since = len(target.tape) if self.since is None else self.since
        fields = self._fields(operation)
        if operation.body.is_json:
            sent = odd.bodies(operation, fields, post.fresh, brief=operation.method in ("PUT", "PATCH"))
        else:
            sent = odd.forms(fields, post.fresh)
        attempts = tuple(self._attempts(operation, sent))
        look = self._look(operation, post)
        return Tried(operation, attempts, self._genuine(operation, post), look)

    def _fields(self, operation: Operation) -> odd.Shape:
        """The fields of a body, those last of which a new row's path is made: a long one could not be deleted again."""
        target, fields = self._target, odd.shape(self._target.contract.resolver, operation)
        resource = target.contract.resource_of(operation)
        if resource is None or resource.create is not operation or resource is target.contract.accounts:
            return fields
        with suppress(Untested):
            made = target.sample(resource, target.alice)
            if any(names_the_row(text, made) for text in texts(made.sent, target.tag)):
                return replace(fields, texts=tuple(sorted(fields.texts, key=lambda way: way[-1] in NAMES)))
        return fields

    def _attempts(self, operation: Operation, bodies: Iterable[odd.Odd]) -> Iterator[Attempt]:
        sent = list(bodies)
        answers = self._target.several([self._carried(operation, one.content, one.media) for one in sent])
        for one, answer in zip(sent, answers, strict=True):
            if isinstance(answer, Exchange):  # where no answer came, whoever needs it says so
                remember_password(self._target, operation, answer)
                yield Attempt(one, answer)

    def _carried(self, operation: Operation, content: bytes, media: str = "") -> Request:
        kind = operation.body.json_type if operation.body and operation.body.is_json else _FORM
        request = self._posts[operation.label].request()
        headers = (*request.headers, ("Content-Type", media or kind))
        return replace(request, headers=headers, content=content)

    def _genuine(self, operation: Operation, post: Post) -> Exchange | None:
        """The proper request, sent after the others; where it would make an account or tell a token, an earlier one."""
        if post.scene is not None:
            return answer_to(self._target, carrying(operation, post.request(), post.fresh()))
        before = self._target.tape.exchanges[: self.since]
        proper = (e for e in before if e.operation == operation.label and e.ok and not says_no(e))
        return next(proper, None)

    def _look(self, operation: Operation, post: Post) -> Exchange | None:
        resource = self._target.contract.resource_of(operation)
        if post.scene is None or resource is None or resource.read is None or operation is resource.create:
            return None
        with suppress(Untested):
            where = post.scene.where(self._target, resource.read)
            return self._target.call(resource.read, post.scene.owner, where)
        return None
