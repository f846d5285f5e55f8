"""Links of 0.1.0 to the templates page, and what they hold."""

LINKS: list[tuple[str, dict[str, object]]] = [
    ("templates", {"templates-section": "gallery", "templates-model": "softmax-mnist", "templates-epoch": None}),
    (
        "templates?section=gallery&model=softmax-cifar10-smooth&epoch=0.1",
        {"templates-section": "gallery", "templates-model": "softmax-cifar10-smooth", "templates-epoch": 0.1},
    ),
    (
        "templates?section=rolled&model=softmax-mnist&class=7&image=12",
        {"templates-section": "rolled", "templates-class": "7", "templates-image": 12},
    ),
    (
        "templates?section=rolled&model=softmax-cifar10&class=horse&image=0&epoch=5",
        {"templates-model": "softmax-cifar10", "templates-class": "horse", "templates-image": 0, "templates-epoch": 5.0},
    ),
    ("templates?section=match&model=softmax-mnist&source=draw&image=0", {"templates-section": "match", "templates-source": "draw"}),
    (
        "templates?section=match&model=softmax-mnist&image=247&epoch=0.04",
        {"templates-section": "match", "templates-image": 247, "templates-epoch": 0.04},
    ),
    (
        "templates?section=mistakes&model=hidden-mnist&actual=4&predicted=9&least=0.5",
        {
            "templates-section": "mistakes",
            "templates-model": "hidden-mnist",
            "templates-actual": "4",
            "templates-predicted": "9",
            "templates-least": 0.5,
        },
    ),
    (
        "templates?section=confusion&model=softmax-mnist&epoch=1&form=shares&with=hidden-mnist&cell=4-9",
        {"templates-form": "shares", "templates-with": "hidden-mnist", "templates-cell": "4-9", "templates-epoch": 1.0},
    ),
    (
        "templates?section=confusion&model=softmax-mnist&with=softmax-cifar10&cell=cat-dog",
        {"templates-section": "confusion", "templates-with": "softmax-cifar10", "templates-cell": "cat-dog"},
    ),
    (
        "templates?section=confusion&model=hidden-cifar10&form=images",
        {"templates-section": "confusion", "templates-model": "hidden-cifar10", "templates-form": "images"},
    ),
    (
        "templates?section=pictures&model=softmax-cifar10-smooth",
        {"templates-section": "pictures", "templates-model": "softmax-cifar10-smooth"},
    ),
    (
        "templates?section=hidden&model=hidden-cifar10&sort=frog&bars=votes&image=8",
        {"templates-model": "hidden-cifar10", "templates-sort": "frog", "templates-bars": "votes", "templates-image": 8},
    ),
]
