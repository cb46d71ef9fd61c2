// @ts-check
// What the panels share in which a network learns while you watch: start,
// pause and again where there is a kernel, the recording on a page without
// one, and in both a slider over what was recorded.
import { button, html, slider, stillness } from "./shared.js";

/** @param {any} model steps, step, records, running, again, problem
 * @param {Record<string, string>} text start, pause, on, again, play, stop, when
 * @param {number[]} stops the updates that the slider offers
 * @param {() => void} paint */
export function player(model, text, stops, paint) {
  let chosen = null; // the update that the reader looks at; null: the newest
  let timer = 0; // of the playing

  const records = () => model.get("records");
  const when = slider(text.when, stops, (s) => s.toLocaleString("en"), (s) => { chosen = s; stop(); paint(); });
  const at = () => {
    const all = records();
    if (chosen === null) return all.length - 1;
    let k = all.length - 1;
    while (k > 0 && all[k].step > chosen) k--;
    return k;
  };

  function stop() {
    clearInterval(timer);
    timer = 0;
  }
  function play() {
    if (timer) {
      stop();
      return paint();
    }
    let k = at() + 1 < records().length ? at() : -1;
    const advance = () => {
      k += 1;
      chosen = records()[k].step;
      if (k + 1 >= records().length) stop();
      paint();
    };
    timer = setInterval(advance, stillness() ? 1500 : 450);
    advance();
  }
  const main = button(text.start, () => {
    if (model.page) return play();
    chosen = null;
    model.set("running", !model.get("running"));
    model.save_changes();
  }, { class: "rnn-main" });
  const again = button(text.again, () => {
    if (model.page) {
      stop();
      chosen = 0;
      return paint();
    }
    chosen = null;
    model.set("again", model.get("again") + 1);
    model.save_changes();
  });

  return {
    buttons: html("div", { class: "rnn-row" }, main, again),
    slider: html("div", { class: "rnn-controls" }, when.node),
    stop,
    /** The update that is looked at: that of a record, or the newest of all. */
    step: () => (chosen === null ? model.get("step") : records()[at()].step),
    record: () => records()[at()],
    /** @param {boolean} done whether nothing is left to train */
    show(done) {
      main.textContent = model.page ? (timer ? text.stop : text.play)
        : model.get("running") ? text.pause : model.get("step") ? text.on : text.start;
      main.disabled = !model.page && done;
      when.show(records()[at()].step);
    },
  };
}
