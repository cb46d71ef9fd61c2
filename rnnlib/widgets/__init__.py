"""Widgets that let a reader touch the equations; `base` says how they work."""

from rnnlib.language import set as language
from rnnlib.widgets.beta_knob import BetaKnob
from rnnlib.widgets.bottleneck import Bottleneck
from rnnlib.widgets.capacity_cliff import CapacityCliff
from rnnlib.widgets.cell_bench import CellBench
from rnnlib.widgets.cliff_walk import CliffWalk
from rnnlib.widgets.error_river import ErrorRiver
from rnnlib.widgets.gate_film import GateFilm
from rnnlib.widgets.gradient_bench import GradientBench
from rnnlib.widgets.gradient_flow import GradientFlow
from rnnlib.widgets.half_life import HalfLife
from rnnlib.widgets.hidden_film import HiddenFilm
from rnnlib.widgets.memory_plate import MemoryPlate
from rnnlib.widgets.morph import Morph
from rnnlib.widgets.one_unit_map import OneUnitMap
from rnnlib.widgets.quiz import Quiz
from rnnlib.widgets.race import Race
from rnnlib.widgets.shape_switch import ShapeSwitch
from rnnlib.widgets.side_by_side import SideBySide
from rnnlib.widgets.state_trail import StateTrail
from rnnlib.widgets.teachers_hand import TeachersHand
from rnnlib.widgets.training import Training
from rnnlib.widgets.two_readers import Readers, TwoReaders
from rnnlib.widgets.unroll import Unroll

__all__ = [
    "BetaKnob",
    "Bottleneck",
    "CapacityCliff",
    "CellBench",
    "CliffWalk",
    "ErrorRiver",
    "GateFilm",
    "GradientBench",
    "GradientFlow",
    "HalfLife",
    "HiddenFilm",
    "MemoryPlate",
    "Morph",
    "OneUnitMap",
    "Quiz",
    "Race",
    "Readers",
    "ShapeSwitch",
    "SideBySide",
    "StateTrail",
    "TeachersHand",
    "Training",
    "TwoReaders",
    "Unroll",
    "language",
]
