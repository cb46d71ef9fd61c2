// @ts-check
import { html, paintOn, words } from "./shared.js";

const TEXT = {
  en: { right: "Yes.", wrong: "Not quite." },
  ko: { right: "맞다.", wrong: "아쉽다." },
};

let group = 0;

function render({ model, el }) {
  const text = words(TEXT, model);
  const name = `rnn-quiz-${++group}-${Math.random().toString(36).slice(2, 8)}`;
  const answer = html("p", { class: "rnn-answer", role: "status" });
  const inputs = model.get("choices").map((choice, i) => {
    const input = html("input", {
      type: "radio", name,
      onchange: () => {
        model.set("chosen", i);
        model.save_changes();
        // A page may keep which questions were answered right.
        el.dispatchEvent(new CustomEvent("rnn-answer", {
          bubbles: true,
          detail: { key: model.get("key"), right: Boolean(choice.right) },
        }));
      },
    });
    return { input, node: html("label", { class: "rnn-option" }, input, html("span", {}, choice.text)) };
  });

  el.classList.add("rnn-widget");
  el.append(html(
    "fieldset", { class: "rnn-quiz" },
    html("legend", {}, model.get("question")),
    ...inputs.map(({ node }) => node), answer,
  ));

  return paintOn(model, ["chosen"], () => {
    const at = model.get("chosen");
    const choice = model.get("choices")[at];
    inputs.forEach(({ input, node }, i) => {
      input.checked = i === at;
      node.classList.toggle("rnn-right", i === at && Boolean(choice.right));
      node.classList.toggle("rnn-off-track", i === at && !choice.right);
    });
    answer.textContent = choice
      ? `${choice.right ? text.right : text.wrong} ${choice.feedback}` : "";
  });
}

export default { render };
