"""The models that runs can choose from, by name."""

from dataclasses import dataclass
from typing import TypeVar

from backend.models.protocols import Generator, Verifier, Writer
from backend.reasoning.checker import AnswerChecker
from backend.reasoning.reasoner import Reasoner
from backend.runs.errors import InvalidRequest, NotFound
from storage.records import RunRecord

Model = TypeVar("Model", Generator, Verifier)


@dataclass(frozen=True)
class ModelCatalog:
    """Generators and verifiers; the first of each is the default."""

    generators: tuple[Generator, ...]
    verifiers: tuple[Verifier, ...]

    def generator(self, name: str | None) -> Generator:
        """The generator with this name, the default one for None. NotFound if unknown."""
        return _pick(self.generators, name, "generator")

    def writer(self, name: str) -> Writer:
        """The generator with this name, to be told in words what to do. NotFound if unknown,
        InvalidRequest if it writes steps only.
        """
        generator = self.generator(name)
        if isinstance(generator, Writer):
            return generator
        able = ", ".join(one.name for one in self.generators if isinstance(one, Writer))
        raise InvalidRequest(
            f"{generator.name} writes steps only: it cannot be told in words what to do",
            code="no_writer",
            hint=f"name a generator that can: {able}"
            if able
            else "plug in a model server: treewright serve --generator URL",
        )

    def verifier(self, name: str) -> Verifier:
        """The verifier with this name. NotFound if unknown."""
        return _pick(self.verifiers, name, "verifier")

    def reasoner(self, run: RunRecord, checker: AnswerChecker) -> Reasoner:
        """The models of a run. NotFound if one of them is no more."""
        verifiers = tuple(self.verifier(name) for name in run.verifiers)
        pool = {name: self.generator(name) for name in run.settings.get("generators", ())}
        return Reasoner(self.generator(run.generator), verifiers, checker, pool)

    def default_verifiers(self) -> tuple[str, ...]:
        """The names used where a run does not choose."""
        return tuple(verifier.name for verifier in self.verifiers[:1])


def _pick(models: tuple[Model, ...], name: str | None, what: str) -> Model:
    for model in models:
        if name is None or model.name == name:
            return model
    known = ", ".join(model.name for model in models) or "none is configured"
    raise NotFound(
        f"no {what} is called {str(name)[:80]!r}",
        code="unknown_model",
        hint=f"choose one of: {known}",
    )
