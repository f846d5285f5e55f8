"""The words of the sections that break a network, for a teacher to edit. What stands in braces is filled in from the network shown."""

DOUBTS = {
    "pieces": "This looks like two {noun}s: its ink lies in pieces far apart. The network has no answer for that, yet gives one.",
    "full": "The ink fills the frame, as no {noun} does. The network has no answer for that, yet gives one.",
}

CONFIDENCE = (
    "Softmax gives a share to every class, and the largest one is taken for how sure the network is. Let it stay silent below a "
    "threshold, and see how much it still answers, how right that is, and whether 90% sure means 90% right."
)
CONFIDENCE_OUTPUTS = (
    "This network answers with an output for each class, from −1 to 1; the largest one is its answer. Let it stay silent where even "
    "that is below a threshold, and see how much it still answers and how right that is."
)
NO_SHARES = (
    "**As right as it is sure?** That can't be asked of this network: its outputs are no shares of 100%, so none of them says how often "
    "it expects to be right. Choose a network that ends in softmax to see it."
)
SURE = "Of the test {noun}s that it reads wrong: how sure is it of these wrong answers on average?"
SURE_WHY = (
    "Softmax is loud: a lead of a few units in the logits is already 99%. The training rewards being surer of every {noun} that it knows "
    "and never shows it one that it can't know, so it has had no reason to learn doubt."
)
ANSWERED = "Further left: it answers less. A threshold helps as far as the line rises to the left."
ANSWERED_BOTH = (
    "Further left: it answers less. A threshold helps when the line rises to the left; where images are damaged it has to give up far "
    "more to be as right."
)
RELIABILITY = (
    "Dashed: honest, as right as it is sure. Bars below it: too sure; above it: it knows more than it says. The temperature divides the "
    "logits (the sums that go into softmax): above 1 the network gets less sure, below 1 surer, and what it reads never changes."
)

COVERED = (
    "Each pixel has the mean of all {side}x{side} squares of paper that cover it; orange: covering it costs the answer. It says what "
    "this answer loses when a piece is gone. It does not say what the network looks for: an image with a hole is another image, and two "
    "pieces of which one is enough both look idle."
)
GRADIENT = (
    "Orange: more ink here would raise the logit of {name}; blue: lower it; each weighed by the ink that is there. It holds for the "
    "smallest change only, so a pixel that decides may show nothing, and paper shows nothing whatever ink there would do. With one "
    "dense layer it is exact: these are the products of the sum."
)
MAP = (
    "Each point is one of {count:,} test {noun}s. A layer sees it as a list of numbers; the plane shows that list as well as two numbers "
    "can. Point at one to see it, click to open it."
)
COMES_APART = "Across which layer do the classes come apart most: where does the share with a neighbour of their own class rise most?"
COMES_APART_WHY = (
    "Two {noun}s of one class can share few pixels, so in the image they lie far apart. Each layer keeps what tells the classes apart and "
    "drops the rest. The last layer has one direction for each class, and training rewards nothing but their distance there."
)
PCA_SAYS = (
    "PCA: the two directions of most variance, axes of each layer's own. The share on an axis says how much of the layer the plane shows; "
    "classes that overlap here may still lie apart in a direction that is not drawn."
)
TSNE_SAYS = (
    "t-SNE: neighbours stay neighbours; seed 0, perplexity 30. Distances between clusters, their sizes and the axes mean nothing, and it "
    "finds clusters in noise, too."
)
BESIDE = "Share of the {noun}s whose nearest neighbour, by all numbers of the layer, is of their own class. The image never changes."
