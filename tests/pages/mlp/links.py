"""Links of 0.1.0 to the MLP page, and what they hold."""

LINKS: list[tuple[str, dict[str, object]]] = [
    ("mlp?model=mlp-diagonal&layer=5&epoch=50&sort=value&by=c3&move=rows", {"mlp-model": "mlp-diagonal", "mlp-layer": 5, "mlp-epoch": 50}),
    ("mlp?model=mlp-random&layer=2&epoch=7", {"mlp-model": "mlp-random", "mlp-layer": 2, "mlp-epoch": 7, "mlp-sort": "value"}),
    (
        "mlp?layer=5&epoch=50&sort=value&by=r3c7&move=both&first=smallest",
        {"mlp-by": "r3c7", "mlp-move": "both", "mlp-first": "smallest", "mlp-section": "neighbours"},
    ),
    ("mlp?layer=1&epoch=0&sort=norm&by=none&limits=epoch", {"mlp-layer": 1, "mlp-epoch": 0, "mlp-sort": "norm", "mlp-limits": "epoch"}),
    (
        "mlp?model=mlp-diagonal&layer=4&epoch=12&sort=abs&by=c3&order=hold&held=20",
        {"mlp-sort": "abs", "mlp-order": "hold", "mlp-held": 20},
    ),
    (
        "mlp?layer=4&sort=original&by=none&section=neighbours&class=7&rule=whole&steps=3",
        {"mlp-class": 7, "mlp-rule": "whole", "mlp-steps": 3},
    ),
    ("mlp?layer=1&section=units&images=norm&falling=no", {"mlp-section": "units", "mlp-images": "norm", "mlp-falling": False}),
    ("mlp?section=epochs&look=Histogram+of+weights", {"mlp-section": "epochs", "mlp-look": "Histogram of weights"}),
    (
        "mlp?section=compare&left=mlp-random&right=mlp-diagonal&left_epoch=3",
        {"mlp-left": "mlp-random", "mlp-right": "mlp-diagonal", "mlp-left_epoch": 3},
    ),
    ("mlp?section=image&show=4&image=7&unit=2", {"mlp-section": "image", "mlp-show": "4", "mlp-image": 7, "mlp-unit": 2}),
    ("mlp?layer=3&section=off&sends=mean&units=2-5", {"mlp-section": "off", "mlp-sends": "mean", "mlp-units": [2, 5]}),
    ("mlp?section=download", {"mlp-section": "download", "mlp-layer": 5}),
    (  # as 0.1.0 wrote it, with every choice
        "mlp?model=mlp-diagonal&layer=5&epoch=50&sort=value&by=c3&move=rows&first=largest&order=follow&held=none&limits=layer"
        "&section=neighbours",
        {"mlp-layer": 5, "mlp-epoch": 50, "mlp-by": "c3", "mlp-held": -1, "mlp-section": "neighbours"},
    ),
    ("mlp?layer=1&sort=norm&by=r300&move=rows", {"mlp-layer": 1, "mlp-by": "r300", "mlp-sort": "norm"}),
    (
        "mlp?layer=4&section=image&show=5&wrong=yes&image=2&unit=2&source=test",
        {"mlp-show": "5", "mlp-wrong": True, "mlp-image": 2, "mlp-unit": 2},
    ),
]
