"""Waiting for conditions, never for time."""
import os
import time

# Sanitizer builds and busy machines stretch every deadline by the same factor.
FACTOR = float(os.environ.get("WSF_DEADLINE_FACTOR", "1"))


def deadline_in(seconds):
    return time.monotonic() + seconds * FACTOR


def eventually(condition, deadline_s=10, what="the condition"):
    """The first true value of condition(); fails when there is none within the deadline."""
    end = deadline_in(deadline_s)
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come true within {deadline_s} s (last value: {value!r})")
        time.sleep(0.02)
