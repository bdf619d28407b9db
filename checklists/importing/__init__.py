"""From the bytes of somebody's checklist to a plan, in stages that each do one thing.

decode (bytes to text) > repairs (lines, with what was mended) > blocks (headings, lists, tables with line numbers) >
headings and divisions (what is a phase or section) > places, items, slots, people, procedures (what a line means) >
plan (outline to rows). `reading` goes the whole way to the outline, `account` keeps the book of lines.
Everything before the last stage is pure: no Django, no network, no clock.
"""
