"""All templates of a folder to a package of modules."""

from pathlib import Path

from .compiler import compile_template, module_name
from .error import TemplateError

_ENDINGS = (".html", ".htm", ".tpl", ".svg", ".xml", ".txt")


def compile_folder(folder):
    """Compile each template of `folder`: a dict from file names of modules to their text, `__init__.py` with it.

    Raises:
        TemplateError: in one of them, or two of them would be the same module.
    """
    sources = {
        path.name: path.read_text(encoding="utf-8")
        for path in sorted(Path(folder).iterdir())
        if path.suffix.lower() in _ENDINGS and not path.name.startswith(".")
    }
    modules = {}
    made_from = {}
    for name, source in sources.items():
        file = module_name(name) + ".py"
        if file in modules:
            raise TemplateError(
                name, 1, f"{made_from[file]} becomes the same module, {file}: rename one"
            )
        made_from[file] = name
        modules[file] = compile_template(name, source, sources)
    return {"__init__.py": "", **modules} if modules else {}
