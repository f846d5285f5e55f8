"""The words of the lesson, for a teacher to edit. What stands in braces is filled in from the network on the screen."""

TITLE = "What one layer learns"

PARTS = {  # part of the page -> its name, and which networks it shows
    "gallery": ("Templates", "every network of this page"),
    "rolled": ("Unrolled and rolled", "networks without a hidden layer"),
    "match": ("Match an image", "networks without a hidden layer"),
    "mistakes": ("Mistakes", "every network of this page"),
    "confusion": ("Confusion", "every network of this page"),
    "breaking": ("What it can't do", "networks on square grey images"),
    "confidence": ("How sure it is", "networks on square grey images"),
    "map": ("Map of a layer", "networks on square grey images"),
    "pictures": ("Breaking it", "networks without a hidden layer on pictures in colour"),
    "hidden": ("A hidden layer", "networks with a hidden layer"),
}
SENTENCES = {  # what the picture of a part shows
    "gallery": "Each class has one weight for every pixel. Laid out like the image, they are a picture: its template.",
    "rolled": "A column of weights and a picture are the same numbers: z = b + sum(w·x) either way.",
    "match": "Lay an image over all {classes} templates: what lies on orange scores, what lies on blue costs.",
    "mistakes": "Some mistakes you would make yourself. Others are glaring, and the network is sure of them.",
    "confusion": "Which class is taken for which, at every stored epoch.",
    "breaking": "Turn an image, move it, cover it: where does the reading tip over, and how sure does it stay?",
    "confidence": "A share for every class, whatever comes in: when should the network have said “I don't know”?",
    "map": "Test images as points, as each layer sees them: where do the classes come apart?",
    "pictures": "The same layer on pictures in colour: templates in colour, and why they fail.",
    "hidden": "With {units} units in between, templates become filters that the classes share.",
}
FILTERS = "Each hidden unit has one weight for every pixel. Laid out like the image, they are a picture: its filter."
STANDS_IN = "**{part}** shows {wants}: **{shown}** stands in for {asked}, which comes back when you leave this part."

GALLERY_NOTICE = {  # data set -> what to notice in its templates
    "mnist": "**What to notice.** Early on each template is a soft picture of its digit. Later it sharpens where digits differ: the "
    "blue heart of the 0 is ink that a 0 never has.",
}
LIKENESS = "Which template will look most like the average image of its class?"
LIKENESS_WHY = (
    "A template is no average. It weighs each pixel by how well it tells its class from the others, so it is strongest where "
    "a class has ink and its rivals have none, and negative where only the rivals have it."
)

ROLLED_NOTICE = (
    "**What to notice.** The network knows no rows and columns: it sees {numbers:,} numbers in one line. The picture is in the "
    "weights all the same, because neighbouring pixels carry ink together."
)

SECOND = "Lay the image over each template in your mind. Which template wins second?"
SECOND_WHY = (
    "A template scores where its orange lies under ink and loses where its blue does. The runner-up shares most strokes with "
    "the image and has little blue in its way."
)
MATCH_NOTICE = "Compare the orange with the blue bars: how often is it the blue that decides?"

DIGITS_MISREAD = (
    "**What to notice.** In the first group you may have hesitated yourself. In the second the network is sure and wrong: a template "
    "has one place for each stroke, so a digit that leans, shifts or grows lies over the wrong weights. Click an image to see its sums."
)
PICTURES_MISREAD = (
    "**What to notice.** In the first group the network nearly had it. In the second it is sure and wrong: it weighs the colour of "
    "each place and knows no shape, so whatever stands before the usual background of another class is taken for that class. "
    "Click an image to see its sums."
)

SURE = (
    "**Should it have said nothing?** A network always answers. Let it stay silent below a threshold: which of its mistakes go, and how "
    "many right answers go with them?"
)
BREAKING = (
    "A template has one place for each stroke. Turn or move the ink and it lies over other weights, which know nothing of where it came "
    "from. The network can't say \u201cnone of these\u201d either: softmax shares out 100% whatever comes in."
)

FAILURE = {  # data set -> what to notice in its coloured templates
    "cifar10": "**What to notice.** An airplane or a ship is a blue field: sky and water, wherever the thing itself is. The horse has "
    "two heads, since horses look left as often as right and one template must serve both."
}
ANY_FAILURE = (
    "**What to notice.** Look for the thing itself, and for the background that usually surrounds it: which of the two can you make out?"
)
WHY_IT_FAILS = (
    "**Why it fails.** A digit is ink in about the same place each time, so one picture can stand for its class. A dog may be "
    "anywhere, in any colour, before any background: {classes} blurred colour fields are all that one layer can hold."
)

FILTERS_QUESTION = "{Units} hidden units now stand between the image and the {classes} classes. What will their filters look like?"
ALONE, SHARED, NOISE = "one class each", "parts and contrasts shared by classes", "noise"
FILTERS_WHY = (
    "Nothing ties a filter to one class any more. All classes share the filters, so each filter becomes a contrast that splits "
    "the classes into those that want it and those that don't, and the output weights combine them."
)
HIDDEN_NOTICE = (
    "**What to notice.** The filters show no class of their own: each splits the classes into those that want it and "
    "those that don't. Sort by a class to read its votes from left to right."
)

MISSING = (
    "**The pictures themselves are not here.** They would add single images to match with the templates, the misread ones, those "
    "behind each cell of the confusion matrix, and samples of each class."
)

_NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def number(count: int) -> str:
    """A number as it stands in a sentence: "ten", or 128."""
    return _NUMBERS[count] if count < len(_NUMBERS) else f"{count:,}"
