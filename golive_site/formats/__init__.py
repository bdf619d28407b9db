"""Days and times as each language writes them, everywhere where Django is asked for its formats.

Times have 24 hours in every language: people on a night's call in three countries must not mistake one for another.
"""
