"""Python reads this first where it is on its path: the server of a browser test then knows the data set of the tests."""

from tests.pages.templates.networks import register

register()
