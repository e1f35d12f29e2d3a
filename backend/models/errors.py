"""What a model can say went wrong.

ModelError
├── ContextOverflow   prompt and requested tokens do not fit the model's context
├── ModelUnavailable  cannot be reached or loaded; trying again later may help
└── BadReply          answered, but not with what the protocol promises
"""


class ModelError(Exception):
    """Root of every error of a generator or verifier."""


class ContextOverflow(ModelError):
    """The prompt is too long for the model; a shorter problem or path would fit."""


class ModelUnavailable(ModelError):
    """The model cannot be reached or loaded."""


class BadReply(ModelError):
    """The model answered with something that its protocol does not allow."""
