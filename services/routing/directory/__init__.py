"""The tree of organisation, people and their duties: read from a document, published as records."""
