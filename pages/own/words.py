"""The words of the page. Change them here."""

TITLE = "Your own network, your own images"
SENTENCE = (
    "Drop the file of a network that you trained anywhere, and look inside it: it is read here, tried on test images, and opened in the "
    "pages that fit."
)
OPENED = "**{name}**: {summary}. It reads {share} of {count:,} {images} right."
SECTIONS = {"network": "Your network", "images": "Your images", "sheet": "Handwriting", "away": "Take a network away"}

DROP = "Drop the file of a network, or several that belong together"
DROP_HELP = (
    "A folder that was saved as several files (model.json with its .bin files, weights beside biases) is dropped together. So are several "
    "checkpoints of one training: they become states that the players step through, in the order of the numbers in their names."
)
DATA = "The images that it was made for"
DATA_HELP = "It is tried on test images of this set. Nearly all such files on the web read MNIST's digits."
GUESS = "told by its shapes"
EMPTY = (
    "A network is one file of weights. Drop yours above, or try the example: a file is made of a network of this app, in the way in which "
    "others publish theirs, and is read back without knowing where it came from."
)
FORMATS = """
| saved by | files | what is read of it |
|---|---|---|
| PyTorch | `.pt` `.pth` | the weights (`state_dict`), also inside a checkpoint, a whole module or TorchScript |
| safetensors | `.safetensors` | the weights |
| Keras | `.keras` `.h5` `.hdf5` | architecture and weights; weights alone too |
| ONNX | `.onnx` | the graph and its weights |
| TensorFlow.js | `model.json` with its `.bin` files, or all as a ZIP | architecture and weights |
| numpy | `.npz` | arrays of weights |

Nothing in a file is ever run. Up to {most} MB a file; networks that read square images and name classes. A file stays on this server
for your session, and the network that was read from it until you remove it, at most 30 days.
"""
EXAMPLE = "Try it with an example"
EXAMPLE_STATES = "Three checkpoints"
EXAMPLE_HELP = "A digit recogniser of this app, saved with PyTorch's names for its weights and nothing else."
EXAMPLE_STATES_HELP = "Three states of one training, each a file of its own."
UNDER_WAY = "Reading {name}: {words}"
QUEUED = "waiting for its turn"
TWENTY = "Most files take some seconds; where much has to be found out, it can be twenty."
EXACT = "Its file says how its layers follow each other, so they are as its maker built them."
INFERRED = (
    "Its file holds weights and no more. How the layers follow each other, and how the pixels were scaled, was found out by trying: each "
    "answer below is set against the others on {images} images. Click another one to correct it."
)
ALIKE = "These images cannot tell the marked answers apart: they do equally well."
SETTLED = "Settled by you."
CLASSES = "What its outputs stand for"
CLASSES_HELP = "A name for each output, in order, with commas between them. Every page that shows the network uses them."
NO_MORE = "The file is no longer here, so nothing can be corrected; drop it again for that."
READ_AS = "When it was read, this was found:"
LOSS = (
    "The mean of -log(share) that the network gives to the right class: 0 is perfect, and 2.3 is what guessing among ten classes gives. "
    "Unlike the accuracy it also says how sure the network is."
)
NOWHERE = "No page can look into this network yet."
OPENS = {
    "mlp": "its weight matrices",
    "templates": "what each class looks for",
    "digits": "every layer while you draw",
    "cnn": "its kernels and what they look for",
    "learning": "how its weights would learn on",
}
EVERYONE = "Let everyone on this server choose it, too"
EVERYONE_HELP = "Unless you say so, it stands in your lists alone. Whoever gets your link can open it in any case."
REMOVE = "Remove it from this server"
GONE = "{name} is removed from this server, with its weights and its link."

IMAGES = "Drop your images: a ZIP of folders, an .npz, or a table (.csv)"
IMAGES_HELP = "They stay in this session, unless you train on them; nobody else sees them."
NO_IMAGES = "Drop pictures that you have labelled, and see how well a network reads them: ten of each class say a lot already."
TRY_IMAGES = "Try it with forty pictures"
IMAGE_FORMATS = """
- **ZIP**: a folder for each class with its pictures inside, `7/first.png`, `7/second.jpg`, ... up to 2,000.
- **.npz**: arrays `images` (N, height, width) and `labels` (N,), as `numpy.savez` writes them.
- **.csv**: a line for each image, its label and its pixels, as Kaggle's digit recogniser has them.
"""
ENOUGH = "Of each class there are enough to train on, too."
TRAIN_ON = "Train a network on them"
TRAIN_ON_HELP = (
    "Opens the lab with these images: of each class 70% train, 15% validate and the rest test. They are kept on this server until you take "
    "them away here. Networks that learn them stand in your lists alone."
)
KEPT = "Kept on this server to train on: {count}"
KEPT_WORDS = (
    "Your sets, for the trainings that you start in the lab. What nobody has trained on for {days} days goes by itself. With a set go the "
    "networks that learnt it."
)
TAKE_AWAY = "Take away"
SET_GONE = "{name} is removed from this server, with the networks that learnt it."
AS_THEY_ARE = "They are images of 28x28 pixels already, so they stay as they are."
OTHER_CLASSES = (
    "Your classes ({own}) are not among those that this network names ({names}). Name the folders or labels after them, or choose another "
    "network."
)
SHEET = "A photograph of handwritten digits, one or many"
SHEET_HELP = "Dark on light or light on dark; squared paper, a frame or a shadow do no harm. It stays in this session."
NO_SHEET = "Write some digits on paper, apart from each other, and take a photograph: each is found, cut out and read by a network."
TRY_SHEET = "Try it with a sheet of ours"
CUTS = (
    "**The cuts**, in pixels. Change a number to move a cut; the row at the end adds one, and a marked row is deleted with the bin on top."
)
