"""Widgets that let a reader touch the equations; `base` says how they work."""

from rnnlib.language import set as language
from rnnlib.widgets.beta_knob import BetaKnob
from rnnlib.widgets.capacity_cliff import CapacityCliff
from rnnlib.widgets.memory_plate import MemoryPlate
from rnnlib.widgets.quiz import Quiz

__all__ = ["BetaKnob", "CapacityCliff", "MemoryPlate", "Quiz", "language"]
