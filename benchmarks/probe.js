// Runs in a measured page before anything else. A page is alive when a first
// control is answered: the probe moves the first control of the first widget,
// ours or ipywidgets', and waits for the frame after the widget has changed.
window.bench = (() => {
  const OURS = ".rnn-widget[data-widget]";
  const THEIRS = ".jupyter-widgets.widget-slider";
  const tasks = [];
  const times = { answer: null, alive: null, equations: null };
  new PerformanceObserver((list) => tasks.push(...list.getEntries()))
    .observe({ type: "longtask", buffered: true });

  const painted = (call) => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = call;
    channel.port2.postMessage(0);
  });

  function move(control) {
    if (control.matches("input[type=range]")) {
      const up = Number(control.value) < Number(control.max);
      control.value = String(Number(control.value) + (up ? 1 : -1));
      control.dispatchEvent(new Event("input", { bubbles: true }));
    } else if (control.matches(".noUi-handle")) {
      control.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
    } else control.click();
  }

  function ask() {
    const ours = document.querySelector(OURS);
    const first = ours ?? document.querySelector(THEIRS);
    const control = (ours ? ours.dataset.live : first) && first.querySelector(
      "input[type=range]:enabled, input[type=radio], .noUi-handle, button:enabled");
    if (!control) {
      setTimeout(ask, 4);
      return;
    }
    const box = ours ?? document.body;
    const watcher = new MutationObserver(() => {
      watcher.disconnect();
      painted(() => { times.answer = performance.now(); });
    });
    watcher.observe(box, { subtree: true, childList: true, attributes: true, characterData: true });
    move(control);
  }

  function look() {
    const all = [...document.querySelectorAll(OURS)];
    if (document.readyState === "complete") {
      if (times.alive === null && all.every((widget) => widget.dataset.live)) times.alive = performance.now();
      if (!look.asked) {
        look.asked = true;
        const set = window.MathJax?.startup?.promise;
        if (set) set.then(() => { times.equations = performance.now(); });
        else look.none = true;
      }
    }
    setTimeout(look, 20);
  }
  ask();
  look();

  const last = () => Math.max(0, ...tasks.map((task) => task.startTime + task.duration));

  return {
    done() {
      const touched = times.answer !== null ||
        !(document.querySelector(OURS) || document.querySelector("script[data-jupyter-widgets-cdn-only], script[type='application/vnd.jupyter.widget-view+json']"));
      return touched && times.alive !== null && (look.none || times.equations !== null) &&
        performance.now() - Math.max(last(), times.equations, times.alive) > 1500;
    },
    report() {
      const [paint] = performance.getEntriesByName("first-contentful-paint");
      return { ...times, text: paint?.startTime ?? null, quiet: last() };
    },
  };
})();
