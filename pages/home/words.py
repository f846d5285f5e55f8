"""The home page's words. Change them here."""

TITLE = "Look inside small neural networks"
SENTENCE = """
Kernel Explorer shows the weights of networks small enough to see whole, how they change while they learn, and what they do with an
image. Start with a page, or draw a digit and let three networks read it.
"""
DRAW = "Draw a digit"
LEGEND = "the drawing is scaled to 20×20 pixels and centred by its mass in 28×28, as the training digits were"
