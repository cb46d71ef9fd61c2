"""Networks with memory, in numpy: the code beside the book's equations.

Import the module a chapter names: ``from rnnlib import hopfield, tasks``.
"""

__version__ = "0.1.0"
