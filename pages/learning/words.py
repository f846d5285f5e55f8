"""The words of the lesson, for a teacher to edit. What stands in braces is filled in from the network on the screen."""

TITLE = "How a weight learns"
SECTIONS = {
    "step": "One step",
    "batch": "Again, or a batch",
    "rate": "How far?",
    "back": "Hidden layers",
    "surface": "Two weights",
    "path": "Along the training",
    "pulses": "A shared kernel",
}
SENTENCES = {
    "step": "A network is wrong by so much about one image. One step moves every weight by that error times what the weight saw.",
    "batch": "Many steps on one image make a network an expert for that image. A batch asks many images at once.",
    "rate": "The gradient says which way is down, not how far. Drag the mark and see where the loss goes.",
    "back": "A hidden unit has no label. Its error comes back from the units above, by the same weights that carried its signal up.",
    "surface": "Everything but two weights stands still: then the loss is a landscape, and learning is a walk in it.",
    "path": "One weight at every stored state, with the direction in which the gradient pulls it there.",
    "pulses": "A kernel that slides has one gradient for all its windows: the sum of what each window says.",
}

STAMP = (
    "**What to notice.** For one image the gradient of this kernel is just a product: {what}, stamped into {units} kernels with a "
    "strength and a sign of their own, which are the errors."
)
FORMULA = "gradient of the weight from input i to unit j = error of j × input i; the step: weight − rate × gradient"
BOARD_LEGEND = (
    "in a gradient orange says that a larger weight would mean a larger loss, so the step lowers it; blue the other way round; the "
    "background's own colour: this image has nothing to say about it. In a kernel {colours}. A tick is where the number stands after the "
    "step"
)

UPLOAD = "A photograph or scan of one digit (PNG, JPEG, WebP, GIF or BMP)"
UPLOAD_HELP = "Dark on light or light on dark, both are read. It stays in this session."
NO_UPLOAD = "Choose a picture of one digit above; dark on light or light on dark."

WHITE = "Look at the white pixels of this image, those without ink. Which weights will the step change?"
UNDER_INK, UNDER_WHITE, ALL = "only those under ink", "mostly those under white", "all of them a little"
WHITE_WHY = (
    "The gradient of a weight is its unit's error times its pixel. Whatever the error is, a white pixel is 0, and so is the "
    "product: the weight had no part in the score, so changing it would have changed nothing."
)

WHICH = "You take {steps} on this batch alone: {batch}. Which of the {units} kernels changes most?"
WHICH_WHY = (
    "A kernel moves by its own errors times the images. Errors are largest where the network is most wrong: at the class that the images "
    "have and get too little of, and at those that it takes them for and gives too much. A class that nobody thought of hardly moves."
)
WHICH_WHY_HIDDEN = (
    "A kernel moves by its own errors times the images. A hidden unit gets a large error where its weights upwards are large, the classes "
    "that they lead to are wrong, and its own slope lets the error through."
)

OTHERS = "You take {steps} on this batch alone: {batch}. How many of {count:,} other images will the network read right then?"
FEWER, SAME, MORE = "fewer than before", "as many, give or take 1%", "more than before"
OTHERS_WHY = (
    "A step serves the images that it was taken on. Weights are shared, so what helps one image is paid for by others, unless the "
    "batch holds what they have in common. One image has no idea of that; of 128 images the private parts mostly cancel."
)

RATE_NOTICE = (
    "**What to notice.** On the left the loss falls as the slope promises: twice the rate, twice the fall. Then the line bends: the "
    "slope was measured where you stand, and the ground curves. Where the line is back at the dotted level, the step has jumped over the "
    "valley. For one image the other images pay first."
)
TENFOLD = "{steps} steps of rate {rate:.3g} on these images. What would {steps} steps of ten times that rate do to their loss instead?"
LOWER, NO_CHANGE, HIGHER = "end lower", "end about the same", "end higher"
TENFOLD_WHY = (
    "The gradient is a slope at the place where you stand. A short step goes down by rate × slope²; a long one leaves the "
    "stretch where that slope holds, crosses the bottom of the valley and climbs the other side."
)

SLOWEST = "Over the whole training, averaged over its states: which layer's weights get the smallest gradients?"
SLOWEST_WHY = (
    "On its way down the error is multiplied at each layer: by the weights, and by the slope of the activation, which is below 1 for tanh "
    "wherever a unit is not near 0, and at most 0.25 for sigmoid. The first layer stands at the end of that chain, and many of its pixels "
    "are white besides. (Adam divides each weight's step by the usual size of its own gradient, which makes up for some of it.)"
)

SURFACE_NOTICE = (
    "**What to notice.** With one image a step every walk staggers; with 128 it hardly does. SGD slows down where the ground is flat; "
    "momentum gathers pace and overshoots; Adam takes steps of about its rate whatever the slope, so it crosses flat ground and circles "
    "at the bottom."
)

NO_START = "Its dense layers are kept of the last state alone, and its seed gives other weights here. Choose the last state."
DEAD_KERNEL = (
    "Its sums, or all of the second convolution's, are below 0 on this image, so ReLU gives 0 and its slope is 0: no window says "
    "anything, and no step would change the kernel. Try another pulse; if none helps, the kernel is dead."
)
PULSES_NOTICE = (
    "**What to notice.** Each window with an error lays a copy of what it sees into the sum, times that error. Written for all windows "
    "at once this is the error map slid over the image: a convolution again, with the error map as its kernel, and {k}×{k} results. Of "
    "{windows:,} windows {inked:,} had an error here: the others gave 0 after ReLU or lost in pooling, and say nothing."
)

NO_HIDDEN = "This network has no hidden layer"
NO_HIDDEN_CURE = "Its errors go straight to its only kernel. Choose a network with hidden layers to see them travel."

HAND = """
Two inputs x = (1, 0.5), two hidden ReLU units, two classes; the image is of the first class. All biases are 0 but the first output's, −1.

| | into unit 1 | into unit 2 |
|---|---|---|
| first kernel, from input 1 and 2 | 1 and 2 | −1 and 1 |
| second kernel, from hidden 1 and 2 | 1 and 1 | 0.5 and −1 |

1. **Up.** Sums 1·1 + 0.5·2 = 2 and 1·(−1) + 0.5·1 = −0.5; ReLU makes them h = (2, 0).
2. **Scores.** 2·1 + 0·1 − 1 = 1 and 2·0.5 + 0·(−1) = 1: equal, so softmax gives ½ and ½. The loss is −log ½ = 0.693.
3. **Errors.** p − y = (½ − 1, ½ − 0) = (−½, ½).
4. **Second kernel.** Error × input: into the first class (2·(−½), 0·(−½)) = (−1, 0), into the second (2·½, 0·½) = (1, 0).
5. **Back.** Hidden 1 gets 1·(−½) + 0.5·½ = −¼, times its slope 1 is −¼. Hidden 2 gets 1·(−½) + (−1)·½ = −1, times its slope 0 is
   **0**: a ReLU that gave nothing learns nothing.
6. **First kernel.** Into hidden 1 (1·(−¼), 0.5·(−¼)) = (−0.25, −0.125), into hidden 2 (0, 0).
7. **The step**, rate 1: hidden 1 now has the weights 1 + 0.25 = 1.25 and 2 + 0.125 = 2.125.
"""
GLOSSARY = """
- **Loss** (cross-entropy): −log of the probability that the network gives to the image's own class. 0 is certain and right.
- **Error** of a unit: how much the loss rises when the unit's sum rises by a little. At the outputs it is p − y: the probability,
  less 1 for the image's own class.
- **Gradient** of a weight: how much the loss rises when the weight rises by a little. It is the unit's error times what the weight carries.
- **Rate** (learning rate): how far a step goes. Each weight moves by −rate × gradient.
- **Slope** of an activation: how much a unit's output rises when its sum rises by a little. An error comes back through it.
- **Batch**: the images of one step; their gradients are averaged.
- **SGD** takes the step as it is; **momentum** adds nine tenths of the step before; **Adam** also divides by the usual size of each
  weight's gradient.
"""
DECAY = (
    "Training this run used {optimizer} with batches of {batch:,}, a rate of {rate:g}{decay}. The steps on this page are plain steps of "
    "gradient descent on the loss alone, so that each can be followed with a pencil."
)

_NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def number(count: int) -> str:
    """A number as it stands in a sentence: "ten", or 128."""
    return _NUMBERS[count] if count < len(_NUMBERS) else f"{count:,}"
