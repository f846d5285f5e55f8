"""The lesson's words. Change them here; what stands in braces is filled in by the page."""

TITLE = "Pulses on a small screen"
SENTENCE = "A {shape}, on a screen of {size} by {size} pixels: {ink:,} of {pixels:,} pixels are ink."
SHAPES = {  # of the sentence; numbers in pixels, frequency in cycles
    "square": "square {amplitude:.3g} px high, {width:.3g} px wide, centred at column {x0:.3g}",
    "gaussian": "gaussian {amplitude:.3g} px high, with a standard deviation of {sd:.3g} px, centred at column {x0:.3g}",
    "sinusoid": "sinusoid {amplitude:.3g} px high, {frequency:.3g} cycles long",
    "sawtooth": "sawtooth {amplitude:.3g} px high, {frequency:.3g} cycles long",
}

SET = "A set of pulses"
SET_WORDS = """
A network learns from thousands of such pictures, each drawn with numbers of its own. Classes take turns, so there are equally many
of each; the same seed draws the same pixels on every machine.
"""
NO_CLASS = "A set needs at least one class of pulses; the three of the study are drawn until you choose."
SEED_HELP = "Another seed, another set; the same seed, the same pixels."
OPEN_A_SET = "A ZIP file as you download it here: PNG pictures and `labels.csv` with the columns `file` and `label`."
SPREAD = "**How the set spreads.** Drag across a chart: the gallery keeps the pulses within that range."

TWINS = "Which one is the square?"
QUESTION = """
One of the smallest gaussians of this set stands beside a square made to resemble it, pixel for pixel as a network gets them.
Which one is the square?
"""
ANSWER = """
The {left} is on the left. The gaussian is {bell[amplitude]:.3g} px high with a standard deviation of {bell[sd]:.3g} px;
the square {box[amplitude]:.3g} px high and {box[width]:.3g} px wide. They differ in {different:,} of {pixels:,} pixels.
"""
WHY = """
Look at the feet and the shoulders: the square meets the base line at a right angle, the gaussian bends into it.
A network can only use those few pixels, so a kernel that answers to corners is worth having.
"""
NO_TWINS = "This set holds no gaussian; choose that class to be asked about it."

OWN = "Make a pulse of your own"
OWN_WORDS = "Type it, open measured samples, or draw it. Keep it, and the CNN page says what a network makes of it."
EXAMPLES = {  # of formulas
    "beat": "0.5 + 0.35*sin(2*pi*10*t)*sin(2*pi*t)",
    "two bells": "0.2 + 0.5*gauss(t - 0.35, 0.06) + 0.3*gauss(t - 0.7, 0.04)",
    "soft step": "0.5 + 0.3*tanh(20*(t - 0.5))",
    "ringing": "0.4 + 0.4*exp(-4*t)*cos(2*pi*8*t)",
    "square": "0.3 + 0.4*box((t - 0.5)/0.2)",
}
TRACE = "Samples of an oscilloscope (CSV or text)"
TRACE_HELP = """
As your scope saves them: one number a line, or time and channels in columns, with the settings above or beside them. Commas or points
as decimal marks; commas, semicolons, tabs or blanks between columns; UTF-8, UTF-16 or Latin-1.
"""
TRACE_FITTED = "The curve is scaled to fill the screen from left to right and from bottom to top."
COMMAS = "What are the commas of this file?"
COMMAS_WHY = "Both hold for every line, and nothing else in the file tells; your choice stands in the link."
FORMULA_WORDS = "Numbers, `t`, `pi`, `e`, brackets and `+ - * / ^ < > <= >=`; a comparison is 1 where it holds and 0 elsewhere."

NOTICE = """
- The screen has one bit a pixel: a smooth curve becomes stairs. Lower a gaussian and see how little is left to tell it by.
- A square has corners and upright flanks, a gaussian slopes that bend, a wave many crests. Those are the parts that kernels can
  answer to.
- Place, height and width differ from picture to picture, so no single pixel gives a class away.
"""
DETAILS = """
x runs from 0 at the left to 1 at the right, y upwards. Places are shares of the room that a pulse leaves free: at 0% it touches
the left or the lower edge, at 100% the right or the upper one. Frequency is in cycles an image width. In the literature a gaussian
is also written exp(-(x - x0)² / w²); here it is always exp(-(x - x0)² / (2 sd²)). The pen is a square as wide as the line; in each
column all pixels between the lowest and the highest place of the pen are ink, so steep flanks never break. A gaussian keeps 2.5 sd
of room on each side. One-hot labels follow the study: 001 square, 010 gaussian, 100 sinusoid.
"""
