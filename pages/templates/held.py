"""Which of a run's states the browser holds, where all of them would be too much."""

BYTES = 4_000_000  # of one film


def held(states: int, size: int, state: int) -> list[int]:
    """States evenly spread so that `size` bytes each stay within BYTES, with the last one and the one shown, rising.

    Between them the browser shows the one before until the player rests.
    """
    step = max(1, -(-states * size // BYTES))
    return sorted({*range(0, states, step), states - 1, state})
