"""Stand-ins for what cannot run on one machine (Azure, a shop), strict enough that passing them means
something.

They import libraries alone, nothing of singlepane, so that neither side can borrow the other's mistakes.
"""
