"""The template compiler: from utemplate's syntax to Python modules that `windup.templates` renders.

`scanner` cuts a template into text and tags, `html_context` knows where in the HTML an expression stands, `statements`
holds what is Python in it to the rules, `compiler` writes the module, and `folder` does so for all templates of a folder.
It runs on the computer, never on the device, and needs nothing but Python's own library.
"""
