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

TOUR_START = "Take the tour, 3 minutes"
TOUR_STEPS = {  # title -> what to do
    "An image is numbers": "Draw a digit and watch the numbers change with the pen.",
    "A weight for each pixel": "Choose another answer: the same pixel has another weight there.",
    "Pixel times weight": "Choose a pixel: one that helps the answer, one that harms it, one without ink.",
    "All products, added up": "Choose another answer and compare the sums.",
    "The largest sum wins": "Draw something between two digits, and see who wins.",
    "Where the weights come from": "Press play: the weights move, and more and more digits are read right.",
    "The rule of colours": "Put a pixel of full ink somewhere, and see what it does to the sum.",
}
TOUR_WHERE = "**Tour, {number} of {count}.** {act}"
OWN, EXAMPLE = "Your drawing", "The example"
SAYS_PIXELS = (
    "{whose} is {pixels} numbers for the network, one a pixel, from 0 for paper to 1 for full ink; {inked} of them have ink. The marked "
    "pixel, in row {row}, column {column}, is **{value}**."
)
SAYS_WEIGHT = (
    "For the answer **{digit}** the marked pixel has the weight **{weight}**: ink there speaks {way} {digit}. Each of the ten answers has "
    "a weight for each of the {pixels} pixels."
)
FOR, AGAINST, NEITHER = "for", "against", "neither for nor against"
SAYS_PRODUCT = "In row {row}, column {column}: pixel {value} × weight {weight} = **{product}** for {digit}. {why}"
NO_INK = "Without ink the weight has no say."
PLACES = {"helps": "Helps most", "harms": "Harms most", "paper": "Without ink"}
SAYS_SUM = "{up} from the orange products, {down} from the blue ones, and the bias {bias}: together **{sum}** for {digit}."
SAYS_WINNER = (
    "**{first}** has the largest sum, {sum}; next comes {second} with {other}. Softmax makes shares of the sums: {share} for {first}."
)
SAYS_STATE = "**{moment}**: {share} of {count} test digits are read right."
SAYS_COLOUR = (
    "Full ink on {place} changes the sum for {digit} from {before} to **{after}**: orange pushes up, blue pushes down, the background's "
    "own colour does nothing. So it is on every page."
)
ON = {"orange": "strong orange", "blue": "strong blue", "none": "a weight near 0"}
WEIGHTS_OF = "weights of {digit}"
IMAGE_OF = {True: "your drawing", False: "the example"}
EPOCH = "epoch"
TOUR_END = "The first lesson: templates"
FILM_ALT = "The ten templates of a network of one layer; they change with the epoch"
