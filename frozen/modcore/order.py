"""Which module starts after which."""


class CycleError(ValueError):
    """Modules that wait for each other. The text names them in their order; so does `names`."""

    def __init__(self, names):
        super().__init__("modules depend on each other: %s" % " -> ".join(names))
        self.names = names


def order(modc):
    """The modules of `modc`, each after those that it depends on; otherwise as they were added.

    Raises:
        CycleError: they depend on each other.
    """
    ordered = []
    for module in modc.modules.values():
        _visit(modc, module, ordered, [])
    return ordered


def _visit(modc, module, ordered, path):
    if module in ordered:
        return
    if module in path:
        raise CycleError([m.name for m in path[path.index(module) :]] + [module.name])
    path.append(module)
    if module.state != "failed":
        for name in module.depends:
            if name in modc.modules:
                _visit(modc, modc.modules[name], ordered, path)
    path.pop()
    ordered.append(module)
