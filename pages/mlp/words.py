"""What the MLP lesson says: change it here. What stands in {braces} comes from the network shown."""

TITLE = "How weights learn to read digits"
TITLE_OF_OTHERS = "How weights learn"  # of networks that read no digits
BROKEN = "The weights of this network cannot be read; others still work."

SECTIONS = {
    "neighbours": "Neighbours",
    "units": "Layer 1 as images",
    "epochs": "Over the epochs",
    "compare": "Two runs",
    "image": "An image through it",
    "off": "Switch a unit off",
    "download": "Download",
}
FIRST = {"largest": "largest", "smallest": "smallest"}
ORDER = {"follow": "follows the epoch", "hold": "is held as it is now"}
LIMITS = {"layer": "all epochs of the layer", "epoch": "this epoch alone"}
RULES = {"step": "the largest weight at each step", "whole": "the largest product of all steps"}  # both without their sign
UNIT_SORTS = {
    "original": "in their own order",
    "norm": "by their norm",
    "next": "by the norm of their row in layer 2",
}
HISTORY = ("Norms", "Histogram of weights", "Change since the start")
SOURCES = {"test": "A test image", "draw": "Draw one"}

HEADER = "Layer {layer} of {layers}, {rows} inputs × {columns} outputs, {when}"
READS = ": the network reads {share} of {images}."
VOTES = " Units at the top vote for **{name}**, units at the bottom against it."
SORT_HELP = "Choose the key under Sort. Click a cell to sort by its row and column, a norm bar to sort by norm."
SCALE = "colours are full at ±{limit}, at every epoch of this layer"
OWN_SCALE = "colours are full at the largest weight of each epoch, here ±{limit}: two epochs can't be compared by them"
NOTHING_PICKED = "**Nothing picked in layer {layer}.** Click a cell of the matrix to see its number; click a bar for its norm."
AT_REST = "This layer is large: the picture follows when the player rests."
SOME = "While the player moves, one state in {step} is shown; where it rests, its own."

QUESTION = "After training, which pixel has the row with the largest norm in layer 1?"
PLACES = {"corner": "A corner pixel", "centre": "A centre pixel", "edge": "One in between"}
MODEL_ANSWER = (
    "A pixel that no training image inks never changes its unit's sum, so nothing tells its weights to move: "
    "those rows stay as they began. "
    "Pixels in the centre are inked often and share the work."
)
WITH_ADAM = (
    " A pixel that only a few images ink is moved rarely, but Adam measures each step against that weight's own past, so its rare "
    "steps are full ones, and nothing pulls it back."
)

NEIGHBOURS = (
    "**Where outputs meet inputs.** A row of the middle is the same unit as the row at its left; a column is the same unit as the "
    "column below. Click any cell: what the matrices share is sorted together, and the unit's own cells stay lit."
)
NO_NEIGHBOUR_PICKED = "**Nothing picked.** Click a cell to see its weight and what its two units hear and move most."
STRONGEST = " Of {all} {what} the {shown} with the largest norms are shown."
PATH = "**Follow the strongest path** from an output back to an input; the dashed frames in the picture mark it."
PATH_HELP = "Weights count without their sign: a strong push down is as strong as one up."

UNITS = (
    "Each picture is one unit's column laid out as the {size} pixels it listens to: {colours}. "
    "The scale runs to ±{limit} at every epoch. Click one to see it larger."
)
SIGNED_UNITS = "orange pixels push it up, blue ones down"
COLOUR_UNITS = "each colour channel on one common scale, mid-grey does nothing, brighter pushes up, darker pushes down"
PIXEL_NORMS = "How strongly layer 1 listens to each pixel."
CLICK_PIXEL = "Click one to find its row."
NO_IMAGES = ("No images feed this network", "Its inputs are no images that the app knows, so its units cannot be laid out as pictures.")

NORMS = "A row's norm says how strongly the layer listens to one input; a column's, how much weight one unit gathers."
HISTOGRAM = "The bins and both axes are the same at every epoch; grey is the bin around 0."
CHANGE = (
    "Orange: the weight has risen since the start, blue: it has fallen, the background's own colour: unchanged. "
    "The scale runs to ±{limit} at every epoch; the largest change at {when} is {moved}."
)
CURVES = "Click a curve to go to its epoch."
ONE_STATE = ("One state is stored", "This run holds a single state, so nothing can be followed over the epochs.")
ONE_SEED = "One seed is stored, so the spread between runs is not known."

COMPARE = (
    "All three share one scale, {span}, at every epoch: orange pushes up, blue pushes down. "
    "Where the player rests, the two differ by up to {furthest}; what lies beyond the scale is shown as its end."
)
POOLED = " Each pixel stands for {down} × {across} weights, of which it shows the largest in size."

PRODUCTS = (
    "Each cell is what one input adds to one unit: input times weight, here up to ±{limit}. "
    "Orange pushes the unit up, blue pushes it down. Click a unit to open its ledger."
)
ALL_RIGHT = "At this epoch the network gets all of these right, so all of them are shown."
NO_TEST_IMAGES = "Test images cannot be sent through it"
UNKNOWN_DATA = "The app has no images of the kind that this network was trained on."

EVERY_UNIT_ON = "With every unit on, **{share}** of {images} are right. Switch a unit off to see which {classes} need it."
NO_HIDDEN = ("No units to switch off", "This network has one layer: its outputs are fed by the image itself, with no units between.")
OVERVIEW = (
    "What each unit of layer {layer} is worth: how much of the {share} of {images} is lost with that one unit off, "
    "the most needed unit first. Click a bar to switch its unit off, or on again."
)
TRIED = "Of the {all} units the {tried} to which the next layer listens most are tried."
