"""Where a caller looks, unless told otherwise."""

from shared.access.keys import WHOLE_GROUP
from shared.access.principal import Principal
from shared.reference.directory import Directory


def own_node(caller: Principal, directory: Directory) -> str:
    """The node a caller sees first: the widest of its scopes."""
    roots = [code for code, node in directory.nodes.items() if len(node.path) == 1]
    scopes = [scope for scope in caller.scopes if scope in directory.nodes]
    if WHOLE_GROUP in caller.scopes or not scopes:
        return roots[0] if roots else WHOLE_GROUP
    return min(scopes, key=lambda scope: len(directory.path(scope)))
