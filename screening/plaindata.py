"""``record``: a class of plain data that nobody changes, quick to make.

``@dataclass(frozen=True, slots=True)`` writes six methods for every class, which for the hundred classes of this program
took a tenth of a second of every start. A record is frozen for the type checker; at run time it is a class with slots, whose
comparison is not written anew for each.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform, overload

if TYPE_CHECKING:
    from collections.abc import Callable

_Class = TypeVar("_Class")


@overload
def record(cls: type[_Class], /) -> type[_Class]: ...
@overload
def record(*, kw_only: bool) -> Callable[[type[_Class]], type[_Class]]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[_Class] | None = None, /, *, kw_only: bool = False) -> type[_Class] | Callable[[type[_Class]], type[_Class]]:
    """Make a class a record, equal to another of its class with equal fields; ``kw_only`` as in ``dataclass``."""

    def make(cls: type[_Class]) -> type[_Class]:
        made: Any = dataclass(slots=True, eq=False, kw_only=kw_only)(cls)
        made.__eq__, made.__hash__ = _same, _hash
        return made  # type: ignore[no-any-return]

    return make if cls is None else make(cls)


def _values(of: Any) -> tuple[Any, ...]:
    return tuple(getattr(of, name) for name in of.__dataclass_fields__)


def _same(self: Any, other: object) -> bool:
    return _values(self) == _values(other) if type(self) is type(other) else NotImplemented


def _hash(self: Any) -> int:
    return hash(_values(self))
