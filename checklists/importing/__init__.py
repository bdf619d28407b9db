"""From the bytes of somebody's checklist to a plan, in stages that each do one thing.

decode (bytes to text) > blocks (text to blocks with line numbers) > reading (blocks to an outline) > plan (outline to rows).
Everything before the last stage is pure: no Django, no network, no clock.
"""
