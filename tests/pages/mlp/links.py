"""Links of 0.1.0 to the MLP page, and what the session holds after opening each."""

LINKS: list[tuple[str, dict[str, object]]] = [
    (
        "mlp?model=mlp-diagonal&layer=5&epoch=50&sort=value&by=c3&move=rows&first=largest&order=follow&held=none&limits=layer"
        "&section=neighbours",
        {"mlp-model": "mlp-diagonal", "mlp-layer": 5, "mlp-epoch": 50, "mlp-by": "c3", "mlp-section": "neighbours"},
    ),
    (
        "mlp?model=mlp-random&layer=4&epoch=12&sort=abs&by=r9c2&move=both&section=download",
        {"mlp-model": "mlp-random", "mlp-layer": 4, "mlp-epoch": 12, "mlp-sort": "abs", "mlp-by": "r9c2", "mlp-move": "both"},
    ),
    ("mlp?layer=1&epoch=7&sort=norm&by=r300&first=smallest", {"mlp-layer": 1, "mlp-epoch": 7, "mlp-by": "r300", "mlp-first": "smallest"}),
    ("mlp?layer=5&epoch=3&order=hold&held=50&limits=epoch", {"mlp-order": "hold", "mlp-held": 50, "mlp-limits": "epoch"}),
    (
        "mlp?layer=4&section=neighbours&class=7&rule=whole&steps=3",
        {"mlp-section": "neighbours", "mlp-class": 7, "mlp-rule": "whole", "mlp-steps": 3},
    ),
    ("mlp?layer=1&section=units&images=next&falling=no", {"mlp-section": "units", "mlp-images": "next", "mlp-falling": False}),
    ("mlp?layer=4&section=epochs&look=Histogram of weights", {"mlp-section": "epochs", "mlp-look": "Histogram of weights"}),
    (
        "mlp?layer=4&section=compare&left=mlp-random&right=mlp-random&right_epoch=4",
        {"mlp-left": "mlp-random", "mlp-right": "mlp-random", "mlp-left_epoch": -1, "mlp-right_epoch": 4},
    ),
    (
        "mlp?layer=4&section=image&show=5&wrong=yes&image=2&unit=2&source=test",
        {"mlp-show": "5", "mlp-wrong": True, "mlp-image": 2, "mlp-unit": 2},
    ),
    ("mlp?layer=4&section=off&sends=mean&units=1-3", {"mlp-section": "off", "mlp-sends": "mean", "mlp-units": [1, 3]}),
]
