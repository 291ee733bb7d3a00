"""What turns texts into vectors, for duplicates in meaning and for spread.

class Constant(Embedder):
    def embed(self, texts, host):
        return np.ones((len(texts), 1), np.float32)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from kcoder.host import Host
from kcoder.plugin import Plugin

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import polars as pl


class Embedder(Plugin):
    """Texts to vectors of length one. `world` names the model's commit or digest."""

    group: ClassVar[str] = "embedders"

    def embed(self, texts: pl.Series, host: Host) -> npt.NDArray[np.float32]:
        """A unit vector for each text: shape (texts, dimensions). The same text always gets the same vector.

        Raises MachineLacksError when the model is not on this machine and cannot be fetched.
        """
        raise NotImplementedError

    def title(self) -> str:
        """How results name it, with what matters for comparing them: model, revision, prefix."""
        raise NotImplementedError

    def facts(self) -> dict[str, Any]:
        """What goes into the facts of a step that used it."""
        return {"embedder": self.title()}
