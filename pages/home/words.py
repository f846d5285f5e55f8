"""The home page's words. Change them here."""

TITLE = "Look inside small neural networks"
SENTENCE = """
A network multiplies every pixel of an image by a weight and adds the products up, once for each answer. The largest sum wins. Learning
is finding the weights, and here you see them all: draw a digit, and three networks read it and show why.
"""
DIGIT = "the digit"
TEMPLATE = "× weights of {digit}"
PRODUCTS = "= products"
SUM = "Orange adds {up}, blue takes {down} away, with its bias {bias} that is **{sum}** for {digit}; for {second} it is {other}."
WAY = "strongest path"
PIXEL = "pixel in row {row}, column {column}"
UNIT = "unit {unit} of layer {layer}"
SEES = "unit {unit} weighs"
PATH_SAYS = "The strongest path: {path}; its last link adds {added}."
EDGES = "edges: map {map}"
ADDS = "map {map}: {added}"
MAPS_SAY = "Small kernels slide over the digit; maps {maps} of convolution {layer} add most to {digit}."
LEGEND = "the drawing is scaled to 20×20 pixels and centred by its mass in 28×28, as the training digits were"
LINKS = {  # topic -> where "Look inside" leads, so that the drawing is there
    "templates": {"section": "match", "source": "draw"},
    "mlp": {"section": "image", "source": "draw", "layer": "1"},
    "digits": {},
}
PATH = "A path through it"
PATH_SENTENCE = "{stations} stations, about {minutes} minutes in all; each builds on those before it, and each stands alone."
BESIDE = "Beside the path"
