"""Links of 0.1.0 to the templates page, and what they hold."""

LINKS: list[tuple[str, dict[str, object]]] = [
    ("templates?section=gallery&model=softmax-mnist", {"templates-section": "gallery", "templates-model": "softmax-mnist"}),
    ("templates?section=gallery&model=hidden-cifar10&epoch=7", {"templates-model": "hidden-cifar10", "templates-epoch": 7.0}),
    ("templates?section=gallery&model=softmax-cifar10&epoch=0.1", {"templates-model": "softmax-cifar10", "templates-epoch": 0.1}),
    (
        "templates?section=rolled&model=softmax-mnist&class=4&image=12",
        {"templates-section": "rolled", "templates-class": "4", "templates-image": 12},
    ),
    (
        "templates?section=rolled&model=softmax-cifar10&class=cat&image=0",
        {"templates-model": "softmax-cifar10", "templates-class": "cat"},
    ),
    (
        "templates?section=match&model=softmax-mnist&epoch=5&image=8",
        {"templates-section": "match", "templates-epoch": 5.0, "templates-image": 8},
    ),
    ("templates?section=match&model=softmax-mnist&source=draw&image=0", {"templates-section": "match", "templates-source": "draw"}),
    ("templates?section=mistakes&model=hidden-mnist&actual=4&predicted=9", {"templates-actual": "4", "templates-predicted": "9"}),
    (
        "templates?section=confusion&model=softmax-mnist&form=shares&with=hidden-mnist&cell=4-9",
        {"templates-form": "shares", "templates-with": "hidden-mnist", "templates-cell": "4-9"},
    ),
    ("templates?section=confusion&model=softmax-cifar10&epoch=3&form=images", {"templates-form": "images", "templates-epoch": 3.0}),
    (
        "templates?section=pictures&model=softmax-cifar10-smooth",
        {"templates-section": "pictures", "templates-model": "softmax-cifar10-smooth"},
    ),
    (
        "templates?section=hidden&model=hidden-mnist&sort=3&bars=votes&image=20",
        {"templates-section": "hidden", "templates-sort": "3", "templates-bars": "votes", "templates-image": 20},
    ),
]
