"""What the goods of a line are: from its words and numbers to facts about it.

``understand.Goods`` adds the facts to a lines frame; ``text`` makes spellings comparable; ``lexicon`` finds the
vocabulary; ``composition`` reads shares and purities; ``measures`` computes price, density and the like.
"""

from screening.goods.understand import Goods

__all__ = ["Goods"]
