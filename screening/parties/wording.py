"""Says of a match in one sentence what agreed, what differed, under which name the party is listed and on which list."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screening.content.models import Content
    from screening.parties.compare import Comparison
    from screening.parties.index import Listed
    from screening.parties.names import Part

_MOST_WORDS = 8


class Wording:
    """The sentences of matches; their words are ``texts`` of the content that begin with ``match_``."""

    def __init__(self, content: Content) -> None:
        self.texts = content.texts
        self.lists = content.watchlists

    def explain(self, given: str, part: Part, listed: Listed, found: Comparison, language: str) -> str:
        """One sentence on a match with a list, in ``en`` or ``zh``."""
        pieces = self._compared(given, listed.name, part, found, language, ("left_only", "right_only"))
        if listed.kind not in ("name", "weak"):
            pieces.append(self._say(f"name_{listed.kind}", language))
        watchlist = self.lists.get(listed.list)
        if watchlist is not None:
            day = watchlist.date.isoformat() if watchlist.date else "—"
            pieces.append(self._say("list", language, title=watchlist.title.get(language), date=day))
        return _joined(pieces, language)

    def number(self, number: str, ident: str, language: str) -> str:
        """One sentence on a number that a listed party bears."""
        watchlist = self.lists[ident]
        day = watchlist.date.isoformat() if watchlist.date else "—"
        title = watchlist.title.get(language)
        return _joined(
            [self._say("number", language, number=number), self._say("list", language, title=title, date=day)], language
        )

    def compared(self, left: str, right: str, part: Part, found: Comparison, language: str) -> str:
        """One sentence on two names."""
        return _joined(self._compared(left, right, part, found, language, ("first_only", "second_only")), language)

    def nothing(self, language: str) -> str:
        """Said where no word agrees."""
        return self._say("nothing", language)

    def _compared(self, given: str, other: str, part: Part, found: Comparison, language: str, only: tuple[str, str]) -> list[str]:
        pieces = [self._agreed(given, other, found, language)]
        for name, words in zip(only, (found.left_only, found.right_only), strict=True):
            if words:
                pieces.append(self._say(name, language, words=_quoted(words, language)))
        if found.forms:
            pieces.append(self._say(f"form_{found.forms}", language))
        pieces += [self._say(f"caution_{caution}", language) for caution in found.cautions if caution != "words"]
        if part.how:
            pieces.append(self._say(f"part_{part.how}", language))
        return pieces

    def _agreed(self, given: str, other: str, found: Comparison, language: str) -> str:
        if given == other:
            return self._say("identical", language)
        if all(pair.how == "same" for pair in found.pairs) and not found.left_only and not found.right_only:
            return self._say("same_words", language)
        groups: dict[str, list[str]] = {}
        for pair in found.pairs:
            left, right = " ".join(pair.left), " ".join(pair.right)
            sign = "=" if pair.how in ("glued", "meaning") else "~"
            groups.setdefault(pair.how, []).append(left if left == right else f"{left} {sign} {right}")
        order = ("same", "meaning", "glued", "spelling", "sound", "initial")
        said = [self._say(f"agreed_{how}", language, words=_quoted(groups[how], language)) for how in order if how in groups]
        return ("，" if language == "zh" else ", ").join(said)

    def _say(self, name: str, language: str, **values: str) -> str:
        return self.texts[f"match_{name}"].get(language).format(**values)


def _joined(pieces: list[str], language: str) -> str:
    return ("；" if language == "zh" else "; ").join(pieces)


def _quoted(words: list[str], language: str) -> str:
    """Words as a list, the first of many."""
    shown = words[:_MOST_WORDS]
    more = f" +{len(words) - len(shown)}" if len(words) > len(shown) else ""
    return ("、" if language == "zh" else ", ").join(f"“{word}”" for word in shown) + more
