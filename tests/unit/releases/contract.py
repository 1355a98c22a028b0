"""What a published schema takes back from an earlier one."""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

_MOST = ("maxLength", "maximum", "maxItems")
_LEAST = ("minLength", "minimum", "minItems")


def taken_back(old: Schema, new: Schema, *, is_read: bool) -> list[str]:
    """What somebody who goes by the old schema can no longer rely on, a sentence each.

    What is read may be more than before, never less. What is published may have more fields, and
    more values where they are enumerated; every field of before is still there.

    Args:
        old: the schema of the earlier release.
        new: the schema of this one.
        is_read: whether Sightline reads such events; else it publishes them.
    """
    compare = _Read(old, new) if is_read else _Published(old, new)
    return list(compare.schemas("event", old, new))


class _Read:
    """Comparing what is read: whatever was accepted still is."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self._definitions = old.get("$defs", {}), new.get("$defs", {})

    def schemas(self, where: str, old: Schema, new: Schema) -> Iterator[str]:
        """Each alternative of the old schema is one of the new."""
        offered = self._alternatives(new, 1)
        for wanted in self._alternatives(old, 0):
            yield from min((list(self.plain(where, wanted, item)) for item in offered), key=len)

    def _alternatives(self, schema: Schema, which: int) -> list[Schema]:
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            return self._alternatives(self._definitions[which][name], which)
        if "anyOf" not in schema:
            return [schema]
        return [item for one in schema["anyOf"] for item in self._alternatives(one, which)]

    def plain(self, where: str, old: Schema, new: Schema) -> Iterator[str]:
        """What one alternative takes back from another."""
        if old.get("type") != new.get("type"):
            yield f"{where}: type was {old.get('type')}, is {new.get('type')}"
            return
        for word in ("const", "format"):
            if old.get(word) != new.get(word):
                yield f"{where}: {word} was {old.get(word)}, is {new.get(word)}"
        yield from self.values(where, old, new)
        yield from self.required(where, set(old.get("required", ())), set(new.get("required", ())))
        for field, schema in old.get("properties", {}).items():
            inner = new.get("properties", {}).get(field)
            if inner is None:
                yield f"{where}.{field}: is gone"
            else:
                yield from self.schemas(f"{where}.{field}", schema, inner)
        if "items" in old:
            yield from self.schemas(f"{where}[]", old["items"], new["items"])

    def values(self, where: str, old: Schema, new: Schema) -> Iterator[str]:
        """Limits on the values of a field."""
        if "enum" in new and (gone := set(old.get("enum", ["anything"])) - set(new["enum"])):
            yield f"{where}: may no longer be {sorted(gone)}"
        if new.get("pattern") not in (None, old.get("pattern")):
            yield f"{where}: pattern was {old.get('pattern')}, is {new['pattern']}"
        for word in _MOST + _LEAST:
            before, now = old.get(word), new.get(word)
            narrower = now is not None and (
                before is None or (now < before if word in _MOST else now > before)
            )
            if narrower:
                yield f"{where}: {word} was {before}, is {now}"

    def required(self, where: str, old: set[str], new: set[str]) -> Iterator[str]:
        """Nothing may be required that was not."""
        for field in sorted(new - old):
            yield f"{where}.{field}: is now required"


class _Published(_Read):
    """Comparing what is published: whatever was promised is still there."""

    def schemas(self, where: str, old: Schema, new: Schema) -> Iterator[str]:
        """Each alternative of the new schema is one of the old."""
        known = self._alternatives(old, 0)
        for told in self._alternatives(new, 1):
            yield from min((list(self.plain(where, item, told)) for item in known), key=len)

    def values(self, where: str, old: Schema, new: Schema) -> Iterator[str]:
        """What was enumerated still is, by whatever values; texts are no longer than they were."""
        if "enum" in old and "enum" not in new:
            yield f"{where}: may be anything"
        if "maxLength" in old and new.get("maxLength", float("inf")) > old["maxLength"]:
            yield f"{where}: maxLength was {old['maxLength']}, is {new.get('maxLength')}"

    def required(self, where: str, old: set[str], new: set[str]) -> Iterator[str]:
        """What was always there still is."""
        for field in sorted(old - new):
            yield f"{where}.{field}: is no longer required"
