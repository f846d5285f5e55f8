"""Links to the learning page, and what they hold."""

LINKS: list[tuple[str, dict[str, object]]] = [
    ("learning", {"learning-section": "step", "learning-model": "softmax-mnist", "learning-layer": 1, "learning-eta": 0.1}),
    (
        "learning?model=uci-softmax&image=7&label=3&eta=0.5&cell=2-30&epoch=0&shown=white",
        {"learning-image": 7, "learning-label": "3", "learning-eta": 0.5, "learning-cell": "2-30", "learning-epoch": 0},
    ),
    ("learning?model=mlp-random&layer=2&cell=3-11&epoch=5", {"learning-layer": 2, "learning-cell": "3-11", "learning-epoch": 5}),
    (
        "learning?section=batch&model=uci-mlp&batch=128&times=25&among=misread&draw=3&layer=2&shown=which-others",
        {"learning-batch": 128, "learning-times": 25, "learning-among": "misread", "learning-draw": 3, "learning-layer": 2},
    ),
    (
        "learning?section=rate&model=uci-softmax&batch=10&eta=2.5&shown=tenfold",
        {"learning-section": "rate", "learning-batch": 10, "learning-eta": 2.5, "learning-shown": ["tenfold"]},
    ),
    (
        "learning?section=back&model=uci-mlp&image=4&up=2&depth=6&shown=slowest",
        {"learning-section": "back", "learning-up": 2, "learning-depth": 6, "learning-image": 4},
    ),
    (
        "learning?section=surface&model=uci-softmax&first=3-20&second=7-36&span=8&corner=bottom-right&few=1&steps=25&pace=2&adam=0.5",
        {
            "learning-first": "3-20",
            "learning-second": "7-36",
            "learning-span": 8.0,
            "learning-corner": "bottom-right",
            "learning-steps": 25,
        },
    ),
    ("learning?section=path&model=uci-mlp&layer=2&cell=4-7&epoch=10", {"learning-section": "path", "learning-cell": "4-7"}),
    ("learning?section=pulses&cnn=pulse-ten&pulse=5&kernel=4&moment=0", {"learning-pulse": 5, "learning-kernel": 4, "learning-moment": 0}),
]
