"""Moments in words, and the distance to T-0."""

from datetime import UTC, datetime, tzinfo


def words(moment: datetime, zone: tzinfo) -> str:
    """On the clocks of a zone, naming it: `7 Feb 2027, 08:00 EET`."""
    there = moment.astimezone(zone)
    return f"{there.day} {there:%b %Y, %H:%M %Z}"


def clock(moment: datetime, zone: tzinfo) -> str:
    """Only day and time, for columns whose zone is named once: `7 Feb, 08:00`."""
    there = moment.astimezone(zone)
    return f"{there.day} {there:%b, %H:%M}"


def utc_words(moment: datetime) -> str:
    """`2027-02-07 06:00 UTC`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M UTC}"


def t_clock(now: datetime, go_live_at: datetime) -> str:
    """How far from T-0, to the minute: `T−2 d 04:12` before it, `T+0 d 00:05` after."""
    minutes = int((now - go_live_at).total_seconds() // 60)
    sign, minutes = ("−", -minutes) if minutes < 0 else ("+", minutes)
    days, rest = divmod(minutes, 24 * 60)
    return f"T{sign}{days} d {rest // 60:02}:{rest % 60:02}"
