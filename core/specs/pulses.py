"""How pulse images are drawn."""

from dataclasses import dataclass

from core.specs.fields import check, number, ranged, several, whole

PULSE_CLASSES = ("square", "gaussian", "sinusoid", "sawtooth")
Range = tuple[float, float]


@dataclass(frozen=True)
class PulseSpec:
    """How pulse images are drawn; shares of the side are shares of the image's side."""

    size: int = whole(100, title="Side of the image", unit="px", least=28, most=500, help="Pixels across and down: the screen is square.")
    classes: tuple[str, ...] = several(
        PULSE_CLASSES[:3],
        {name: name for name in PULSE_CLASSES},
        title="Classes",
        help="What a picture may show, in the order of the labels.",
    )
    line: int = whole(2, title="Width of the line", unit="px", least=1, most=9, help="The pen is a square of this side.")
    amplitude: Range = ranged(
        (0.10, 0.60),
        title="Height",
        unit="of the side",
        least=0,
        most=1,
        step=0.01,
        help="From the base line to the top; of a wave from its lowest to its highest place.",
    )
    square_width: Range = ranged(
        (0.04, 0.40), title="Square width", unit="of the side", least=0.01, most=1, step=0.01, help="From flank to flank of a square."
    )
    gaussian_sd: Range = ranged(
        (0.02, 0.12),
        title="Standard deviation",
        unit="of the side",
        least=0.005,
        most=0.5,
        step=0.005,
        help="Half the width of a gaussian at 61% of its height: sd in exp(-(x - x0)² / (2 sd²)).",
    )
    frequency: Range = ranged(
        (2.0, 12.5),
        title="Frequency",
        unit="cycles a width",
        least=0.25,
        most=50,
        step=0.25,
        help="How often a sinusoid or saw-tooth repeats across the image.",
    )
    phase: Range = ranged((0.0, 1.0), title="Phase", unit="cycles", least=0, most=1, step=0.01, help="Where in its cycle a wave begins.")
    x_offset: Range = ranged(
        (0.0, 1.0),
        title="Place across",
        unit="of the room",
        least=0,
        most=1,
        step=0.01,
        help="Where a square or gaussian sits, as a share of the room that it leaves free: 0 at the left, 1 at the right.",
    )
    y_offset: Range = ranged(
        (0.0, 1.0),
        title="Place upwards",
        unit="of the room",
        least=0,
        most=1,
        step=0.01,
        help="How high a pulse sits, as a share of the room that it leaves free: 0 at the bottom, 1 at the top.",
    )
    pixel_noise: float = number(
        0.0, title="Pixel noise", unit="of the pixels", least=0, most=0.2, step=0.005, help="Chance that a pixel is flipped."
    )
    missing_columns: float = number(
        0.0, title="Missing columns", unit="of the columns", least=0, most=0.5, step=0.005, help="Chance that a column is blank."
    )
    drift: float = number(
        0.0,
        title="Drift of the base line",
        unit="of the side",
        least=0,
        most=0.3,
        step=0.005,
        help="Most that the base line may rise or fall across the image.",
    )

    def __post_init__(self) -> None:
        check(self)
