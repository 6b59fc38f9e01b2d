"""What is wrong with a template."""


class TemplateError(ValueError):
    """A template that cannot be compiled.

    Args:
        file: name of the template.
        line: where, from 1.
        message: what is wrong, and what to do about it.
    """

    def __init__(self, file, line, message):
        super().__init__(f"{file}:{line}: {message}")
        self.file = file
        self.line = line
        self.message = message
