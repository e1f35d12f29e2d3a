"""Routes on what can be chosen: strategies, models, examples; and the server's health."""

from fastapi import APIRouter

from backend.api.access import Service
from backend.api.error_responses import responses
from backend.api.menu_schemas import (
    ExampleList,
    ExampleOut,
    GeneratorOut,
    Health,
    ModelList,
    ProblemKindOut,
    StrategyList,
    StrategyOut,
    VerifierOut,
)
from backend.runs.menu import EXAMPLES, generator_info, strategies, verifier_info

router = APIRouter(tags=["menu"])


@router.get("/api/strategies")
async def list_strategies() -> StrategyList:
    """The strategies and the JSON schemas of their settings."""
    return StrategyList(
        items=[
            StrategyOut(
                name=info.name,
                title=info.title,
                summary=info.summary,
                source=info.source,
                needs_actions=list(info.needs_actions),
                settings=info.settings,
            )
            for info in strategies()
        ]
    )


@router.get("/api/models")
async def list_models(service: Service) -> ModelList:
    """The generators and verifiers of this server."""
    catalog = service.catalog
    return ModelList(
        generators=[
            GeneratorOut(
                name=info.name,
                actions=list(info.actions),
                writes=info.writes,
                knows=[ProblemKindOut.model_validate(kind) for kind in info.knows],
            )
            for info in map(generator_info, catalog.generators)
        ],
        verifiers=[
            VerifierOut(name=info.name, about=info.about, uncalibrated=info.uncalibrated)
            for info in map(verifier_info, catalog.verifiers)
        ],
    )


@router.get("/api/examples")
async def list_examples() -> ExampleList:
    """Problems that the embedded models know how to tackle."""
    return ExampleList(
        items=[
            ExampleOut(
                title=example.title,
                problem=example.problem,
                reference_answer=example.reference_answer,
            )
            for example in EXAMPLES
        ]
    )


@router.get("/healthz")
async def healthz() -> Health:
    """The process lives."""
    return Health(status="ok")


@router.get("/readyz", responses=responses(503))
async def readyz(service: Service) -> Health:
    """The models are loaded and the store answers."""
    await service.library.list(limit=1)
    return Health(status="ready")
