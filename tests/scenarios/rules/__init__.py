"""The rules of the regimes that come as packs, and the proof that each is kept."""
