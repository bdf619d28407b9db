"""Changing the plan itself: what is in it, in which words and in which order, before and during the run.

`baseline` says from when on a change needs a reason; `places` and `order` know where things stand; `words` reads off an
item's text what it means; `items`, `divisions` and `blanks` hold the verbs. Nothing is deleted: what goes is retired.
"""
