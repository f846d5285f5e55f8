"""Oscilloscope files: text tables of samples as makers' instruments write them, read into channels."""
