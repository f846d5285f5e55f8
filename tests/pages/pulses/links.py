"""Links of 0.1.0 to the pulses page, and what they hold."""

LINKS: list[tuple[str, dict[str, object]]] = [
    ("pulses", {"pulses-pulse": "square,0.4,0.14,0.5,0.3,0", "pulses-count": 300, "pulses-open": None}),
    (
        "pulses?pulse=sinusoid,0.3,5,0.25,0.5,0&count=60&seed=7",
        {"pulses-pulse": "sinusoid,0.3,5,0.25,0.5,0", "pulses-count": 60, "pulses-seed": 7},
    ),
    ("pulses?pulse=sawtooth,0.31,7.25,0.5,1,-0.25", {"pulses-pulse": "sawtooth,0.31,7.25,0.5,1,-0.25"}),
    ("pulses?count=1000&seed=9999&size=64&line=3", {"pulses-count": 1_000, "pulses-seed": 9_999, "pulses-size": 64, "pulses-line": 3}),
    ("pulses?classes=gaussian-sawtooth&open=3", {"pulses-classes": ["gaussian", "sawtooth"], "pulses-open": 3}),
    ("pulses?amplitude=0.05-0.5&square_width=0.1-0.25", {"pulses-amplitude": (0.05, 0.5), "pulses-square_width": (0.1, 0.25)}),
    ("pulses?gaussian_sd=0.05-0.1&frequency=1.25-25", {"pulses-gaussian_sd": (0.05, 0.1), "pulses-frequency": (1.25, 25.0)}),
    (
        "pulses?phase=0.25-0.25&x_offset=0-0.5&y_offset=0.9-1",
        {"pulses-phase": (0.25, 0.25), "pulses-x_offset": (0.0, 0.5), "pulses-y_offset": (0.9, 1.0)},
    ),
    (
        "pulses?pixel_noise=0.02&missing_columns=0.1&drift=0.1",
        {"pulses-pixel_noise": 0.02, "pulses-missing_columns": 0.1, "pulses-drift": 0.1},
    ),
]
