"""A drawing of ours, so that a page with a pad tells its story before anybody draws."""

from core.ui.drawing_pad.strokes import Stroke

_THREE = [(300, 240), (370, 180), (480, 160), (590, 190), (640, 270), (620, 360), (540, 430), (440, 460)]
_THREE += [(560, 480), (650, 550), (680, 650), (640, 760), (540, 830), (420, 840), (320, 790)]
THREE = (Stroke(85, tuple(_THREE)),)
