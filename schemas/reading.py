"""Values as people and systems write them: spaces, empty values, words, yes and no.

Source: docs/rules.md, section 1, Reading.
"""

from collections.abc import Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, model_validator

UNREADABLE = "unreadable"
"""What stands for a word that was sent and cannot be read, where that is not the same as none."""

_AROUND = " \t\r\n"
_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_IGNORED_IN_WORDS = str.maketrans("", "", " -_")

Words = Mapping[str, Any]
"""What a field may say, without capitals, spaces, hyphens and underscores, to what it means."""


def tidy(value: Any) -> Any:
    """A value without spaces, tabs and line ends around it; None where nothing is left."""
    if isinstance(value, str):
        return value.strip(_AROUND) or None
    if isinstance(value, dict):
        return {name: tidy(item) for name, item in value.items()}
    return value


def digits(value: Any) -> Any:
    """A number as its digits; anything else as it is. Row keys and codes are often numbers."""
    if type(value) is float and value.is_integer():
        value = int(value)
    return str(value) if type(value) in (int, float) else value


def plain(word: str) -> str:
    """A word without capitals, spaces, hyphens and underscores."""
    return word.casefold().translate(_IGNORED_IN_WORDS)


def read_word(value: Any, words: Words) -> Any:
    """A word of a list, or a boolean, as it is meant; anything else as it is."""
    text = digits(value)
    return words.get(plain(text), value) if isinstance(text, str) else value


class AsWritten(BaseModel):
    """A model whose values are read as people write them, before they are validated."""

    @model_validator(mode="before")
    @classmethod
    def _read(cls, content: Any) -> Any:
        if not isinstance(content, Mapping):
            return content
        words = _words_of(cls)
        return {
            name: read_word(value, words[name]) if name in words else value
            for name, value in tidy(dict(content)).items()
        }


@cache
def _words_of(model: type[BaseModel]) -> dict[str, Words]:
    """The fields of a model that hold words or booleans, with what they may say."""
    found = {name: _meanings(field.annotation) for name, field in model.model_fields.items()}
    return {name: words for name, words in found.items() if words}


def _meanings(annotation: Any) -> Words:
    origin = get_origin(annotation)
    if annotation is bool:
        return _BOOLEANS
    if origin is Literal:
        return {plain(word): word for word in get_args(annotation) if isinstance(word, str)}
    if origin in (Union, UnionType, Annotated):
        return {k: v for part in get_args(annotation) for k, v in _meanings(part).items()}
    return {}
