"""Creates, and what is read of their rows."""

from __future__ import annotations

from compliance.catalogue import Level, Need, NotApplicable, Phase, Untested, Violation, rule
from compliance.contract.model import Operation, Resource
from compliance.contract.paths import normal
from compliance.contract.subjects import created_resources, creates
from compliance.target.reach import Created, Target
from compliance.target.tidying import rewritten, unwrapped


@rule(
    "RES-001",
    "A create answers 201",
    level=Level.SHOULD,
    subjects=creates,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def create_answers_created(target: Target, create: Operation) -> None:
    """
    Why: 201 tells a new row from a found one, without a look at the body.

    Breaks: `@router.post("")`

    Conforms: `@router.post("", status_code=status.HTTP_201_CREATED)`
    """
    resource = target.contract.resource_of(create)
    if resource is None:
        raise NotApplicable("the operation creates nothing that has a place")
    confirmed = target.confirmed(resource)
    confirmed.must("create")
    answer = confirmed.created.exchange
    if answer.operation != create.label:  # an account, which anyone got elsewhere
        answer = target.rows.by_its_create(resource, target.alice).exchange
    if answer.status not in (201, 202):
        raise Violation("a create does not answer 201", "201", str(answer.status), [answer])


@rule(
    "RES-002",
    "What was created can be read back",
    level=Level.MUST,
    subjects=created_resources,
    phase=Phase.WRITE,
    needs={Need.WRITES, Need.USER},
)
def created_can_be_read_back(target: Target, resource: Resource) -> None:
    """
    Why: an answer that promises a row which is not there is worse than an error.

    Breaks: a session that is never committed, or committed after the answer was sent

    Conforms: `Depends(get_session, scope="function")` around one transaction a request
    """
    if resource.read is None:
        raise NotApplicable("nothing can be read back")
    confirmed = target.confirmed(resource)
    confirmed.must("create")
    created, look = confirmed.created, confirmed.look
    if look is None:
        raise NotApplicable("nothing can be read back")
    if look.status in (404, 410):
        if not _same_kind(target, resource):
            raise Untested(
                "what the create answers and what the read answers are documented as different things"
            )
        if _is_a_guess(resource, created):
            raise Untested(
                f"nothing but what was sent could be taken for {{{resource.parameter}}}, "
                "under another name: the row may be found by another value"
            )
        raise Violation("a created object is not there", "200", str(look.status), [created.exchange, look])
    confirmed.must("read")
    wrong = rewritten(target.contract.resolver, resource.create, created.sent, look.json())
    if wrong:
        raise Violation(
            "a created object differs from what was sent",
            "the values sent",
            f"another {', '.join(wrong)}",
            [created.exchange, look],
        )


def _is_a_guess(resource: Resource, created: Created) -> bool:
    """Whether what names the row in its path is a text that the kit sent in a field that is called otherwise."""
    sent = {normal(name): value for name, value in unwrapped(created.sent).items()}
    named = sent.get(normal(resource.parameter or ""))
    located = (created.exchange.header("location") or "").endswith(str(created.identifier))
    return created.identifier in sent.values() and named != created.identifier and not located


def _same_kind(target: Target, resource: Resource) -> bool:
    """Whether the document describes the created and the read object by the same fields, so that they are one thing."""
    fields = [
        set(target.contract.resolver.properties(operation.success.schema))
        if operation and operation.success
        else set()
        for operation in (resource.create, resource.read)
    ]
    return bool(fields[0]) and fields[0] == fields[1]
