"""Widgets that let a reader touch the equations; `base` says how they work."""

from rnnlib.language import set as language
from rnnlib.widgets.beta_knob import BetaKnob
from rnnlib.widgets.capacity_cliff import CapacityCliff
from rnnlib.widgets.hidden_film import HiddenFilm
from rnnlib.widgets.memory_plate import MemoryPlate
from rnnlib.widgets.one_unit_map import OneUnitMap
from rnnlib.widgets.quiz import Quiz
from rnnlib.widgets.state_trail import StateTrail
from rnnlib.widgets.training import Training
from rnnlib.widgets.unroll import Unroll

__all__ = [
    "BetaKnob",
    "CapacityCliff",
    "HiddenFilm",
    "MemoryPlate",
    "OneUnitMap",
    "Quiz",
    "StateTrail",
    "Training",
    "Unroll",
    "language",
]
