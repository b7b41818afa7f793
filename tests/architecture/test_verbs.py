"""Services and selectors keep their promises: one transaction a verb, no reading without a viewer."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.house import Module, argument_of, modules, refuse

# Apps whose rows are about residents; every function of their selectors says who is looking.
PERSONAL = frozenset({"cases", "people"})
# What the docstring of a service says that never opens a transaction of its own.
ELSEWHERE = ("caller's transaction", "transaction of the verb it calls")


def service_complaints(module: Module, verbs: frozenset[str] | None = None) -> Iterator[str]:
    """Services that neither open a transaction nor say that they run in their caller's.

    Of a package of services, `verbs` are the functions it offers; None: all public ones.
    """
    for function in module.public_functions():
        if verbs is not None and function.name not in verbs:
            continue  # a step of a verb, in a package of services that does not offer it
        names = {node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute)}
        names |= {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
        promise = " ".join((ast.get_docstring(function) or "").split())
        if "atomic" not in names and not any(words in promise for words in ELSEWHERE):
            yield (
                f"{module.where}:{function.lineno} {function.name} opens no transaction: change, audit and news must "
                "stand or fall together. Say @transaction.atomic, or, in its docstring, “in the caller's transaction” "
                "or “in the transaction of the verb it calls”."
            )


def selector_complaints(module: Module) -> Iterator[str]:
    """Public selectors of personal data that can be called without saying who is looking."""
    for function in module.public_functions():
        there, optional = argument_of(function, "viewer")
        if not there:
            yield f"{module.where}:{function.lineno} {function.name} reads without a viewer; nobody reads anonymously."
        elif optional:
            yield f"{module.where}:{function.lineno} {function.name} has a default viewer; callers say who is looking."


def test_every_service_is_one_transaction():
    services = [module for module in modules() if module.app and module.kind == "services"]
    offered = {
        module.dotted: frozenset(imported.target.rpartition(".")[2] for imported in module.imports())
        for module in services
        if module.is_package
    }
    refuse(
        sentence
        for module in services
        for sentence in service_complaints(module, offered.get(module.dotted.rpartition(".")[0]))
    )


def test_nobody_reads_personal_data_anonymously():
    personal = [m for m in modules() if m.app and m.app.name in PERSONAL and m.kind == "selectors"]
    refuse(sentence for module in personal for sentence in selector_complaints(module))


@pytest.mark.parametrize(
    ("source", "is_told"),
    [
        ("def open_case(new):\n    Case.objects.create()", True),
        ("@transaction.atomic\ndef open_case(new):\n    Case.objects.create()", False),
        ("def import_cases(rows):\n    with transaction.atomic():\n        pass", False),
        ("def record():\n    '''Writes one leaf in the caller's transaction.'''", False),
        ("def dispatch():\n    '''Decides, in the transaction of the verb it calls.'''", False),
        ("def _step():\n    pass", False),
    ],
)
def test_a_service_without_a_transaction_is_told(source, is_told):
    assert bool(list(service_complaints(Module("yiwang.hub.cases.services", source)))) is is_told


def test_steps_inside_a_package_of_services_are_not_verbs():
    module = Module("yiwang.hub.cases.services.opening", "def open_case(): ...\ndef write_event(): ...")
    (found,) = service_complaints(module, frozenset({"open_case"}))
    assert "open_case" in found


@pytest.mark.parametrize(
    ("source", "is_told"),
    [
        ("def get_case(case_id): ...", True),
        ("def get_case(case_id, *, viewer=SYSTEM): ...", True),
        ("def get_case(case_id, viewer=None): ...", True),
        ("def get_case(case_id, *, viewer): ...", False),
        ("def get_case(case_id, viewer): ...", False),
    ],
)
def test_reading_without_a_viewer_is_told(source, is_told):
    assert bool(list(selector_complaints(Module("yiwang.hub.cases.selectors", source)))) is is_told
