"""Large batches at the speed of the machine: a model's formulas as a programme, in pieces that fit the cache, or compiled.

``recorded`` writes the programme down, with the help of ``quantities``, ``presumed`` and ``closed_forms``; ``plan`` says what
of it is needed and how often, ``table`` lays the games out, ``chunks`` evaluates by NumPy, ``source`` and ``compiled`` by
Numba, and ``batch`` chooses. Knows the concepts of enforcement; ``critical`` is built on it.
"""
