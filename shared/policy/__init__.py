"""The pack language: complaint regimes as data.

`load_pack` gives a `Pack`; `deciding`, `timing` and `moving` ask it about one case; `describing` tells it
in plain words.
"""
