"""A model family: data first. Weights are loaded by `training/checkpoint.py`, which asks the family for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from kcoder.errors import UsageError
from kcoder.plugin import Plugin, option
from kcoder.shape import Keeps, Kept, Linear, Shape, told


class Marks(NamedTuple):
    """Names of the tokens that stand before the parts of a text with a hole in it."""

    prefix: str
    middle: str
    suffix: str


#: StarCoder's, for a model that is made from nothing and whose family has none of its own
PLAIN_MARKS = Marks(prefix="<fim_prefix>", middle="<fim_middle>", suffix="<fim_suffix>")


class ModelFamily(Plugin):
    """What kcoder must know of an architecture to make, train and adapt it.

    What a config or a tokenizer says itself (context, end token, chat template) is read there. A family nobody has a
    plugin for is this class with nothing but a name: the rest is found in the model, see `training/inspection.py`.
    """

    group: ClassVar[str] = "models"
    #: names of tokens, which a tokenizer has or has not, and other words for the same modules
    unkeyed: ClassVar[frozenset[str]] = frozenset({"fim", "stops", "renamed"})

    name: str = option(help="as specs write it; the `model_type` of its config")
    lora_targets: tuple[str, ...] = option(
        (), "modules an adapter goes into, as today's transformers name them; those found in the model if empty"
    )
    attention: str | None = option(
        "sdpa", "the attention implementation that keeps packed documents apart; transformers' choice if none"
    )
    lineage: str = option("", "what published weights of this family had seen before")
    fim: tuple[Marks, ...] = option(
        (), "the marks of fill-in-the-middle, one set for each way in which models of this family name them"
    )
    stops: tuple[str, ...] = option(
        (), "tokens that end what a model of this family writes, besides its tokenizer's end token"
    )
    renamed: tuple[tuple[str, tuple[str, ...]], ...] = option(
        (), "modules as papers and older weights name them, each with what is in its place today"
    )

    @classmethod
    def unregistered(cls, name: str) -> ModelFamily | None:
        """Any other decoder that transformers has, by the `model_type` of its config."""
        from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES

        return ModelFamily(name=name, attention=None) if name in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES else None

    #: what a block keeps for the way back; none where nobody has counted it
    keeps: ClassVar[Keeps | None] = None
    #: whether the head shares the embeddings' weights where a config does not say, and has a bias of its own
    tied: ClassVar[bool] = False
    head_bias: ClassVar[bool] = False
    #: weights of a norm for each unit, and norms of a block
    norm: ClassVar[int] = 2
    norms: ClassVar[int] = 2
    #: whether places are learnt, each with a row of its own
    places: ClassVar[bool] = False

    def shape(self, config: Mapping[str, Any]) -> Shape:
        """The size of a model with this config, and what it keeps in memory while it is trained.

        Raises UsageError where the config does not tell, or nobody has counted.
        """
        if self.keeps is None:
            raise UsageError(f"nobody has counted what {self.name} models keep in memory")
        hidden, heads = told(config, "hidden"), told(config, "heads")
        head, inner = told(config, "head", hidden // heads), told(config, "inner", 4 * hidden)
        shared_heads, vocabulary = self.key_heads(config, heads), told(config, "vocabulary")
        context = told(config, "context", 2048)
        linears = self.linears(hidden, heads * head, shared_heads * head, inner)
        further = self.norm * hidden + self.head_bias * vocabulary + self.places * context * hidden
        return Shape(
            hidden=hidden,
            layers=told(config, "layers"),
            heads=heads,
            head=head,
            shared=shared_heads,
            inner=inner,
            vocabulary=vocabulary,
            context=context,
            tied=bool(told(config, "tied", self.tied)),
            linears=linears,
            keeps=self.keeps,
            rms=self.norm == 1,
            small=self.small(hidden, head),
            further=further,
        )

    def linears(self, hidden: int, query: int, key: int, inner: int) -> tuple[Linear, ...]:
        """The linear layers of a block, given the units of its hidden state, queries, keys and feed-forward layer."""
        return ()

    def key_heads(self, config: Mapping[str, Any], heads: int) -> int:
        return told(config, "sharing", heads)

    def small(self, hidden: int, head: int) -> int:
        """Weights of a block besides those of its linear layers."""
        return self.norms * self.norm * hidden

    def config(self, *, hidden: int, layers: int, heads: int, vocabulary: int, context: int) -> dict[str, Any]:
        """Keyword arguments of the transformers config for a new model of this size.

        Raises UsageError when the family cannot have this shape.
        """
        raise UsageError(f"{self.name} models cannot be made from nothing", "choose another architecture")

    def head(self, hidden: int, heads: int, unit: int = 2) -> int:
        """The size of a head, which must be a multiple of `unit`: rotation turns its elements two by two.

        Raises UsageError. transformers finds most of these faults in the first forward pass, as reshape errors.
        """
        if hidden % (unit * heads):
            sizes = {1: "equal", 2: "equal and even"}.get(unit, f"a multiple of {unit} in")
            raise UsageError(
                f"a {self.name} model of {hidden} hidden units cannot have {heads} heads",
                f"hidden must be a multiple of {unit * heads}: heads of {sizes} size",
            )
        return hidden // heads


class PlainFamily(ModelFamily):
    """Rotated heads, and plain feed-forward layers four times as wide as the model."""

    keeps: ClassVar[Keeps | None] = Keeps(
        trained=Kept(20, 4, 8, 8),
        frozen=Kept(20, 4, 8, 8),
        trained16=Kept(18, 2, 4, 4),
        frozen16=Kept(20, 2, 4, 4),
        token=16.0,
    )
    #: what the size of a head must be a multiple of: where a part of it is rotated, that part is turned two by two
    unit: ClassVar[int] = 2

    def config(self, *, hidden: int, layers: int, heads: int, vocabulary: int, context: int) -> dict[str, Any]:
        self.head(hidden, heads, self.unit)
        return {
            "vocab_size": vocabulary,
            "hidden_size": hidden,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "intermediate_size": 4 * hidden,
            "max_position_embeddings": context,
        }


class GatedFamily(ModelFamily):
    """Llama's shape, which others have taken over: rotated heads, and gated feed-forward layers. These are a third
    narrower than plain ones, and so have as many weights.
    """

    keeps: ClassVar[Keeps | None] = Keeps(
        trained=Kept(24, 8, 16, 8),
        frozen=Kept(16, 8, 16, 8),
        trained16=Kept(26, 4, 8, 4),
        frozen16=Kept(18, 6, 8, 4),
    )
    norm: ClassVar[int] = 1
    #: whether queries, keys and values have biases
    biased: ClassVar[bool] = False
    #: query heads that share a key and a value
    sharing: ClassVar[int] = 1
    #: what the config says besides the shape
    further: ClassVar[Mapping[str, Any]] = {}

    def config(self, *, hidden: int, layers: int, heads: int, vocabulary: int, context: int) -> dict[str, Any]:
        self.head(hidden, heads)
        return {
            "vocab_size": vocabulary,
            "hidden_size": hidden,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "num_key_value_heads": shared(heads, self.sharing),
            "intermediate_size": max(8, 8 * hidden // 3 // 8 * 8),
            "max_position_embeddings": context,
            "tie_word_embeddings": False,
            **self.further,
        }

    def linears(self, hidden: int, query: int, key: int, inner: int) -> tuple[Linear, ...]:
        return (
            Linear("q_proj", hidden, query, self.biased),
            Linear("k_proj", hidden, key, self.biased),
            Linear("v_proj", hidden, key, self.biased),
            Linear("o_proj", query, hidden),
            Linear("gate_proj", hidden, inner, feed=True),
            Linear("up_proj", hidden, inner, feed=True),
            Linear("down_proj", inner, hidden, feed=True),
        )


class LearntFamily(ModelFamily):
    """GPT-2's shape, which others have taken over: places are learnt and nothing is rotated, so that heads may have any
    size, and queries, keys and values come out of one layer.
    """

    tied: ClassVar[bool] = True
    places: ClassVar[bool] = True
    #: what the config says besides the shape
    further: ClassVar[Mapping[str, Any]] = {}

    def config(self, *, hidden: int, layers: int, heads: int, vocabulary: int, context: int) -> dict[str, Any]:
        self.head(hidden, heads, unit=1)
        return {
            "vocab_size": vocabulary,
            "n_embd": hidden,
            "n_layer": layers,
            "n_head": heads,
            "n_inner": 4 * hidden,
            "n_positions": context,
            # a tenth in the published models, which saw their texts many times
            "resid_pdrop": 0.0,
            "embd_pdrop": 0.0,
            "attn_pdrop": 0.0,
            **self.further,
        }

    def linears(self, hidden: int, query: int, key: int, inner: int) -> tuple[Linear, ...]:
        return (
            Linear("c_attn", hidden, query + 2 * key, True),
            Linear("attn.c_proj", query, hidden, True),
            Linear("c_fc", hidden, inner, True, feed=True),
            Linear("mlp.c_proj", inner, hidden, True, feed=True),
        )


def shared(heads: int, sharing: int) -> int:
    """Key and value heads for this many query heads: one for every `sharing`, or for each where that leaves a rest."""
    return heads // sharing if heads % sharing == 0 else heads


def linear_layers(model: Any) -> list[str]:
    """The names of all linear layers but the one that gives the logits, sorted: peft's `all-linear`."""
    from torch import nn
    from transformers.pytorch_utils import Conv1D

    head = model.get_output_embeddings()
    found = {
        _last(path)
        for path, module in model.named_modules()
        if isinstance(module, nn.Linear | Conv1D) and module is not head
    }
    if not found:
        raise UsageError("the model has no linear layers for an adapter to go into", "say method: full")
    return sorted(found)


def _last(path: str) -> str:
    """The last word of a module's path; with the one before it where that is a number, as in a sequence of layers."""
    *_, parent, name = ["", *path.split(".")]
    return f"{parent}.{name}" if name.isdigit() else name


class PublishedModel(BaseModel):
    """A model on the hub: what its weights are, known without fetching them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    #: the name of its family, and the words of its config that are not transformers' defaults
    family: str
    config: Mapping[str, Any]
    #: weights in all; tied ones count once
    parameters: int
    form: Literal["completion", "chat"] = "completion"
    licence: str
    #: what it had seen, where the family's words do not say
    lineage: str = ""
    #: where these facts are published
    source: str


@cache
def published_models() -> Mapping[str, PublishedModel]:
    """Those on the hub that papers and people name, by id."""
    import yaml

    told = yaml.safe_load(files("kcoder.models").joinpath("published.yaml").read_text("utf-8"))
    return {name: PublishedModel(**facts) for name, facts in told.items()}
