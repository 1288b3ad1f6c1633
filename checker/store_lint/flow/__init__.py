"""What is known at each point of the code: one forward analysis over control-flow graphs.

This room knows no rule. Its door is `Analysis.events`.
"""

from store_lint.flow.analysis import Analysis

__all__ = ["Analysis"]
