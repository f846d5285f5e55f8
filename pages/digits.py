"""Inside a digit recogniser: draw a digit, see every layer, before and after training."""

from core.ui import digit_page, page

page.require_entry()

digit_page.show()
