"""Links of the CNN page as 0.1.0 wrote them, and what the session must hold once they are opened."""

LINKS: list[tuple[str, dict[str, object]]] = [
    (
        "cnn?run=pulse-reliable&state=24&kernel=1&image=test-0&section=loss",
        {"cnn-run": "pulse-reliable", "cnn-state": 24, "cnn-kernel": 1, "cnn-section": "loss"},
    ),
    ("cnn?run=pulse-drops&state=46&kernel=5&image=test-0&section=loss", {"cnn-run": "pulse-drops", "cnn-state": 46, "cnn-kernel": 5}),
    ("cnn?run=pulse-ten&state=3&kernel=10&image=test-0&section=loss", {"cnn-run": "pulse-ten", "cnn-state": 3, "cnn-kernel": 10}),
    ("cnn?run=pulse-study&state=42&kernel=1&image=test-0&section=loss", {"cnn-run": "pulse-study", "cnn-state": 42}),
    (
        "cnn?run=pulse-reliable&state=3&kernel=4&image=test-7&section=convolution&filter=Sobel-x",
        {"cnn-state": 3, "cnn-kernel": 4, "cnn-image": "test-7", "cnn-section": "convolution", "cnn-filter": "Sobel-x"},
    ),
    (
        "cnn?run=pulse-drops&state=39&kernel=5&image=test-0&section=convolution&stage=after-ReLU",
        {"cnn-run": "pulse-drops", "cnn-state": 39, "cnn-filter": "learned", "cnn-stage": "after-ReLU"},
    ),
    (
        "cnn?run=pulse-two&state=24&kernel=2&image=photo-temple&section=convolution&filter=typed&typed=0%2C1%2C0%2C1%2C-4%2C1%2C0%2C1%2C0"
        "&stride=2&padding=3&dilation=2&stage=after-pooling",
        {
            "cnn-image": "photo-temple",
            "cnn-filter": "typed",
            "cnn-typed": "0,1,0,1,-4,1,0,1,0",
            "cnn-stride": 2,
            "cnn-padding": 3,
            "cnn-dilation": 2,
            "cnn-stage": "after-pooling",
        },
    ),
    ("cnn?run=pulse-held&state=25&kernel=3&image=digit-12&section=convolution", {"cnn-run": "pulse-held", "cnn-image": "digit-12"}),
    (
        "cnn?run=pulse-reliable&state=24&kernel=1&image=test-0&section=response&pulse=gaussian&along=amplitude&at=17.5&of=square",
        {"cnn-section": "response", "cnn-pulse": "gaussian", "cnn-along": "amplitude", "cnn-at": 17.5, "cnn-of": "square"},
    ),
    (
        "cnn?run=pulse-reliable&state=24&kernel=1&image=test-0&section=tests&actual=gaussian&predicted=square&misread=1",
        {"cnn-section": "tests", "cnn-actual": "gaussian", "cnn-predicted": "square", "cnn-misread": True},
    ),
]
