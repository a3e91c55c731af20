"""The explorer: a model as one self-contained page for a browser, with a slider for each of its parameters.

The page's payoffs and critical discount factors are the library's own code, recorded and printed as JavaScript. May import
models, enforcement concepts, thresholds and cases; nothing imports it.
"""
