"""What the panels share in which a network learns while you watch."""

import asyncio
import base64
from typing import Any

import numpy as np
import numpy.typing as npt
import traitlets

from rnnlib.widgets.base import Widget


class Panel(Widget):
    """Train with buttons where there is a kernel; else show the recording.

    A subclass keeps what it needs, then calls `__init__` with its traits;
    it brings `params`, `_begin` and `_slice`.
    """

    steps = traitlets.Int().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    schedule = traitlets.List(traitlets.Int()).tag(sync=True)
    records = traitlets.List().tag(sync=True)
    running = traitlets.Bool(False).tag(sync=True)
    again = traitlets.Int(0).tag(sync=True)  # counts presses of the button
    problem = traitlets.Unicode("").tag(sync=True)

    params: Any

    def __init__(self, **traits: Any) -> None:
        self._view: Any = None
        self._task: asyncio.Task[None] | None = None
        super().__init__(**traits)
        self._begin()
        self.observe(self._started, "running")
        self.observe(self._again, "again")

    def _begin(self) -> None:
        """Go back to the untrained network, and record it."""
        raise NotImplementedError

    def _slice(self, seconds: float) -> bool:
        """Train for so long; say whether there is more to do."""
        raise NotImplementedError

    def _restart(self) -> None:
        """Make good what an error has ended."""

    def _advance(self, seconds: float) -> bool:
        try:
            return self._slice(seconds)
        except KeyboardInterrupt:  # between two updates
            self._restart()
            print("stopped; what was learned stays")
            return False
        except BaseException:
            self._restart()
            raise

    def finish(self) -> Any:
        """Train what is left, and return the trained parameters."""
        self.problem = ""
        while self._advance(0.25):
            pass
        self.set_trait("running", False)
        if self._view is not None:  # the page keeps what the view last held
            data, metadata = self._repr_mimebundle_()
            self._view.update(data, metadata=metadata, raw=True)
        return self.params

    def _started(self, change: Any) -> None:
        """Train between the messages of the page, which may say pause."""
        if not change.new or (self._task and not self._task.done()):
            return  # a task that has not yet seen the pause simply goes on
        self.problem = ""  # of a stop before this start
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # no event loop, so nobody to press pause
            self.finish()
        else:
            self._task = loop.create_task(self._play())

    async def _play(self) -> None:
        try:
            while self.running and self._advance(0.1):
                await asyncio.sleep(0.01)
        except Exception as error:  # a reader's own draw or model may fail
            notes = getattr(error, "__notes__", [])
            said = f"{type(error).__name__}: {error}"
            self.problem = " ".join([said, *notes])
        self.set_trait("running", False)

    def _again(self, _: object) -> None:
        self.set_trait("running", False)
        self.problem = ""
        self._begin()

    def _ipython_display_(self) -> None:
        """Show the panel so that `finish` can renew what was shown."""
        from IPython.display import display

        bundle = self._repr_mimebundle_()
        if bundle is None:  # no front end for widgets
            print(repr(self))
            return
        data, metadata = bundle
        show: Any = display  # IPython says nothing of its types
        self._view = show(data, metadata=metadata, raw=True, display_id=True)


def strip(hs: npt.NDArray[Any]) -> dict[str, Any]:
    """Return states (T, units) from -1 to 1 as `film.js` reads them."""
    bytes_ = np.round(np.clip(hs, -1, 1) * 127).astype("i1").tobytes()
    return {"units": hs.shape[1], "states": base64.b64encode(bytes_).decode()}
