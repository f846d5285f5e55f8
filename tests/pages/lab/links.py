"""Links to the lab, and what they hold."""

LINKS: list[tuple[str, dict[str, object]]] = [
    (
        "lab?task=pulse-cnn&loss=l1&output=tanh&optimizer=sgd&rate=0.1&batch=200&kernel=17&hidden=256-64&classes=square-sinusoid",
        {"lab-task": "pulse-cnn", "lab-loss": "l1", "lab-rate": 0.1, "lab-hidden": (256, 64), "lab-classes": ["square", "sinusoid"]},
    ),
    ("lab?hidden=49-7-15-15&activation=relu&epochs=12&changes=4:0.001:0.0:0.0", {"lab-hidden": (49, 7, 15, 15), "lab-epochs": 12}),
    ("lab?section=watch&run=uci-mlp", {"lab-section": "watch", "lab-run": "uci-mlp"}),
    ("lab?section=queue", {"lab-section": "queue"}),
    (
        "lab?section=compare&runs=mlp-random_mlp-relu&measure=loss&each=yes",
        {"lab-runs": ["mlp-random", "mlp-relu"], "lab-measure": "loss", "lab-each": True},
    ),
    (
        "lab?section=sweep&task=one-layer&over=train.batch&values=8,32&and=seed&look=lines",
        {"lab-over": "train.batch", "lab-values": "8,32", "lab-and": "seed", "lab-look": "lines", "lab-task": "one-layer"},
    ),
    ("lab?section=class&against=model.sizes", {"lab-section": "class", "lab-against": "model.sizes"}),
]
