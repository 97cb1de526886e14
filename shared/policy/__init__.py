"""The pack language: complaint regimes as data."""
