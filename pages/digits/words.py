"""The words of the lesson."""

TITLE = "Inside a digit recogniser"
SHORT = "Draw a digit and look into every layer that reads it."


def notice(noun: str, convolutions: int) -> str:
    """What to notice while one draws, in a network of so many convolutions."""
    if not convolutions:
        return "**What to notice.** Draw slowly and watch which units answer first, and when the reading tips over."
    deeper = {1: "", 2: " Those of convolution 2 do not: each says where one combination of edges lies."}.get(
        convolutions, " Those of the deeper ones do not: each says where one combination of what lies below it is."
    )
    return (
        f"**What to notice.** The maps of convolution 1 still look like the {noun}: each filter keeps some of its edges.{deeper} "
        "Draw slowly and watch which maps answer first, and when the reading tips over."
    )


LAYERS = (
    "maps: the stronger the colour, the larger the value, on one scale a layer; dense: orange speaks for a {what}, blue against it; "
    "click any map, or a square of a dense layer, to open it with its values and the sums behind them"
)
OPEN_A_MAP = "Click any map, or a square of a dense layer, to open it with its values and the sums behind them."

OUTSIDE = " What lies beside the map counts as 0."

CHANGE = "The same image before and after training: in which layer do the values change most, set against their size?"
CHANGE_WHY = (
    "Two things change a layer: its own kernel, and what comes in from below. What comes in has changed more the deeper a layer lies. "
    "But the first kernels meet the same pixels as before, and a random filter is already an edge finder of a kind."
)
ONE_STATE = "This run keeps one state alone, so there is nothing to set it beside; choose another network."
COMPARED = (
    "each layer on one scale at every state; the middle column follows the state slider, and opens on epoch 1 while that stands at an "
    "end; the image is {name}"
)

CENTRE = (
    "MNIST's makers moved every digit's centre of mass to the middle. Switch it off, draw in a corner, and see what the network makes "
    "of it."
)
UPLOAD = "A photograph or scan of one digit (PNG, JPEG, WebP, GIF or BMP)"
UPLOAD_HELP = "Dark on light or light on dark, both are read. It stays in this session."
NO_UPLOAD = "Choose a picture of one digit above; dark on light or light on dark."

SUMMARY = (
    "Output: maps x height x width. A convolution of {k}x{k} has one kernel for each pair of output and input map, and a bias for each "
    "output map; pooling has no parameters."
)
SUMMARY_OF_STEPS = (
    "Output: maps x height x width. A convolution has one kernel for each pair of output and input map, and a bias for each output map; "
    "pools and activations have no parameters. Batch norm keeps four numbers a map: what it takes away, divides by, multiplies by and adds."
)
NO_FILTERS = "This network has no convolution, so it has no filters; the other sections show its dense layers."
HISTOGRAMS = "Each histogram has its own axes. Move the state slider: the kernels spread out while they learn."

NONE_MISREAD = "This state reads every test {noun} right; choose an earlier one or other examples."
KERNELS = "kernels: orange weighs up, blue down, on one scale a layer"
OPEN_A_PATCH = "Click a patch to see where in its image it lies, or a kernel to switch its filter off."
NOBODY_SUFFERS = "No {what} suffers: what this filter says, the others say too."
RECALLS = "Ring: all filters. Dot: this filter off."

SEED = "Seed 0 with the other choices as they come repeats the shipped training."

BREAKING = (
    "It reads upright, centred {noun}s of one size, because it learned from nothing else. Turn, move or cover one and watch where the "
    "reading tips over, and how sure it stays. It can't say \u201cnone of these\u201d: its {classes} answers always add up to 100%."
)
