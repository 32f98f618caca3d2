"""Tables as the customers might be without groups: margins, dependence and what ties columns together are kept.

Receives arrays, returns arrays; imports nothing from the rest of `selection`. `tables` is the way in.
"""
