"""Links to the own page: (link, what session keys hold after opening)."""

LINKS: list[tuple[str, dict[str, object]]] = [
    ("own", {"own-section": "network", "own-network": ""}),
    ("own?section=away&run=mlp-random&format=onnx", {"own-section": "away", "own-run": "mlp-random", "own-format": "onnx"}),
    ("own?data=uci-digits", {"own-data": "uci-digits"}),
    ("own?section=images", {"own-section": "images", "own-reader": "digit-cnn"}),
]
