"""What is known at each point of the code: one forward analysis over control-flow graphs.

This room knows no rule. Its door is `Analysis.events`; by their `Signs` rules say what they need of it.
"""

from store_lint.flow.analysis import Analysis
from store_lint.flow.relevance import Signs

__all__ = ["Analysis", "Signs"]
