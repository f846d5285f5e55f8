"""Links to the lab, and what they hold."""

LINKS: list[tuple[str, dict[str, object]]] = [
    ("lab?section=compare", {"lab-section": "compare"}),
]
