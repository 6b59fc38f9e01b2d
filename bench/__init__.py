"""Benchmarks: `tokenise` the HTTP tokeniser alone, `web` whole web servers."""
