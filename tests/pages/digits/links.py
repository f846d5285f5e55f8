"""Links to the digits page as version 0.1.0 wrote them: (link, what session keys hold after opening)."""

from pages.digits.small_training import Small

LINKS: list[tuple[str, dict[str, object]]] = [
    ("digits", {"digits-section": "draw", "digits-run": "digit-cnn", "digits-epoch": 24, "digits-input": "pad", "digits-centre": True}),
    (
        "digits?run=digit-cnn-small&epoch=2&input=test-7&layer=relu2&filter=11",
        {"digits-run": "digit-cnn-small", "digits-epoch": 6, "digits-input": "test-7", "digits-layer": "relu2", "digits-filter": 11},
    ),
    ("digits?epoch=0.02133", {"digits-epoch": 4, "digits-section": "draw"}),
    (
        "digits?input=test-0&layer=relu1&filter=2&cell=5-12",
        {"digits-input": "test-0", "digits-layer": "relu1", "digits-filter": 2, "digits-cell": "5-12"},
    ),
    ("digits?centre=off", {"digits-centre": False}),
    ("digits?input=upload", {"digits-input": "upload"}),
    (
        "digits?section=compare&input=test-12&epoch=8&part=chosen&layer=pool1&filter=3",
        {"digits-section": "compare", "digits-epoch": 16, "digits-part": "chosen", "digits-layer": "pool1", "digits-filter": 3},
    ),
    ("digits?section=compare&part=start&layer=logits&filter=9", {"digits-part": "start", "digits-layer": "logits", "digits-filter": 9}),
    ("digits?section=summary&epoch=0&run=d2b1dc36258e", {"digits-section": "summary", "digits-epoch": 0, "digits-run": "digit-cnn"}),
    (
        "digits?section=table&examples=misread&maps=relu2&order=norm&row=4&layer=relu2&filter=3",
        {
            "digits-section": "table",
            "digits-examples": "misread",
            "digits-maps": "relu2",
            "digits-order": "norm",
            "digits-row": 4,
            "digits-filter": 3,
        },
    ),
    (
        "digits?section=table&examples=one&digit=7&maps=probabilities",
        {"digits-examples": "one", "digits-digit": 7, "digits-maps": "probabilities"},
    ),
    ("digits?section=table&maps=relu1&start=12", {"digits-start": 12, "digits-maps": "relu1"}),
    ("digits?section=filters&layer=relu2&filter=14", {"digits-section": "filters", "digits-layer": "relu2", "digits-filter": 14}),
    ("digits?section=train&training=250-3-0.05-5", {"digits-section": "train", "digits-training": Small(250, 3, 0.05, 5)}),
]
