// What a reader has reached and answered, kept in this browser and nowhere
// else, and only if she asks for it. No entry in the store means: not asked.
// Both editions share it: it holds the names of cells and questions.
(() => {
  const STORE = "networks-with-memory";
  const PREFIX = "cell-"; // of the anchors that path.py sets
  const READ = 1000; // ms for which the end of a section must be in view
  const WORDS = {
    en: {
      tally: "{s} of {S} sections, {q} of {Q} questions",
      long: "You have reached the end of {s} of {S} sections and answered {q} of {Q} questions right.",
      keep: "Keep my progress",
      off: "The book can note which sections you have read and which questions you answered right. The note stays in this browser, and nothing is sent.",
      on: "Your progress is kept in this browser, for both languages. Nothing is sent.",
      clear: "Clear and stop",
      cleared: "Your progress has been cleared.",
      denied: "This browser does not let the page keep anything.",
      go: "Go on in chapter {n}",
    },
    ko: {
      tally: "절 {S}개 중 {s}개, 질문 {Q}개 중 {q}개",
      long: "이 장의 절 {S}개 가운데 {s}개를 끝까지 읽었고, 질문 {Q}개 가운데 {q}개를 맞혔다.",
      keep: "진도 기억하기",
      off: "어느 절을 읽었고 어느 질문을 맞혔는지 적어 둘 수 있다. 이 브라우저에만 남고 어디로도 보내지 않는다.",
      on: "진도를 이 브라우저에 적어 두고 있다. 두 언어판이 함께 쓴다. 어디로도 보내지 않는다.",
      clear: "지우고 그만두기",
      cleared: "적어 둔 진도를 지웠다.",
      denied: "이 브라우저는 쪽이 무엇을 적어 두는 것을 허락하지 않는다.",
      go: "{n}장 이어서 읽기",
    },
  };
  const text = WORDS[document.documentElement.lang] ?? WORDS.en;
  const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, key) => values[key]);

  // ---- the store: it may be denied, full, or hold anything at all ------------

  const strings = (list) => (Array.isArray(list) ? list.filter((x) => typeof x === "string") : []);

  function load() {
    try {
      const kept = JSON.parse(localStorage.getItem(STORE));
      if (kept === null || typeof kept !== "object" || Array.isArray(kept)) return null;
      return { sections: strings(kept.sections), right: strings(kept.right), last: strings(kept.last) };
    } catch {
      return null;
    }
  }

  function save(kept) {
    try {
      localStorage.setItem(STORE, JSON.stringify(kept));
      return true;
    } catch {
      return false;
    }
  }

  // What happened on this page since it was opened: kept once she asks for it.
  let here = { sections: [], right: [], last: [] };

  const join = (a, b) => ({
    sections: [...new Set([...a.sections, ...b.sections])],
    right: [...new Set([...a.right, ...b.right])],
    last: b.last.length ? b.last : a.last,
  });

  function note(news) {
    news = { sections: [], right: [], last: [], ...news };
    here = join(here, news);
    const kept = load(); // anew each time: another window may have written
    if (!kept) return;
    if (!save(join(kept, news))) said = text.denied;
    paint();
  }

  // ---- the picture ------------------------------------------------------------

  let said = "";

  function element(tag, className, words = "") {
    const node = document.createElement(tag);
    node.className = className;
    node.textContent = words;
    return node;
  }

  function button(words, act) {
    const node = element("button", "rnn-plain", words);
    node.type = "button";
    node.addEventListener("click", () => {
      act();
      paint();
      document.querySelector(".rnn-keep button").focus();
    });
    return node;
  }

  const listed = (box, name) => box.dataset[name].split(" ").filter(Boolean);

  function count(box, kept) {
    const sections = listed(box, "sections");
    const questions = listed(box, "questions");
    const { chapter } = box.dataset;
    return {
      s: sections.filter((name) => kept.sections.includes(`${chapter}/${name}`)).length,
      S: sections.length,
      q: questions.filter((key) => kept.right.includes(key)).length,
      Q: questions.length,
    };
  }

  const tallies = [...document.querySelectorAll(".rnn-progress")];
  const keeper = document.querySelector(".rnn-keep");
  const landing = tallies.length > 1;
  const status = element("span", "rnn-kept");
  status.setAttribute("role", "status");

  /** Where to go on: the link of the chapter in the list, to the next section. */
  function way([chapter, name]) {
    const at = tallies.findIndex((box) => box.dataset.chapter === chapter);
    if (at < 0 || !listed(tallies[at], "sections").includes(name)) return [];
    const link = element("a", "rnn-go", fill(text.go, { n: at + 1 }));
    link.href = tallies[at].closest("li").querySelector("a").href.split("#")[0] + `#${PREFIX}${name}`;
    return [link];
  }

  function paint() {
    const kept = load();
    for (const box of tallies) {
      const seen = kept && count(box, kept);
      const bar = element("span", "rnn-bar");
      if (seen) bar.style.setProperty("--rnn-part", (seen.s + seen.q) / (seen.S + seen.Q));
      box.replaceChildren(...(seen ? [bar, fill(landing ? text.tally : text.long, seen)] : []));
    }
    for (const link of document.querySelectorAll(".bd-sidebar-secondary .nav-link")) {
      const section = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      const name = section?.classList.contains("rnn-section") && own(section);
      link.classList.toggle("rnn-reached", Boolean(name && kept?.sections.includes(name)));
    }
    status.textContent = said || (kept ? text.on : text.off);
    keeper.replaceChildren(
      ...(kept && landing ? way(kept.last) : []),
      kept
        ? button(text.clear, () => {
          here = { sections: [], right: [], last: [] };
          try {
            localStorage.removeItem(STORE);
          } catch { /* then nothing was kept */ }
          said = text.cleared;
        })
        : button(text.keep, () => {
          said = save(here) ? "" : text.denied;
        }),
      status,
    );
  }

  // ---- what is noted ------------------------------------------------------------

  document.addEventListener("rnn-answer", ({ detail }) => {
    if (detail.right) note({ right: [detail.key] });
  });

  /** The name under which a section is kept: its chapter and its cell. */
  function own(section) {
    const name = section.querySelector(`:scope > span[id^="${PREFIX}"]`).id.slice(PREFIX.length);
    return `${tallies[0].dataset.chapter}/${name}`;
  }

  // A section counts when its end has been in view for a moment, below the top
  // of the window: there the section before still shows after a jump.
  const sections = [...document.querySelectorAll(".rnn-section")];
  const waiting = new Map();
  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      clearTimeout(waiting.get(target));
      if (!isIntersecting) continue;
      waiting.set(target, setTimeout(() => {
        watcher.unobserve(target);
        const at = sections.indexOf(target.parentNode);
        const next = sections[at + 1] ?? sections[at];
        note({ sections: [own(sections[at])], last: own(next).split("/") });
      }, READ));
    }
  }, { rootMargin: "-25% 0px 0px 0px" });
  for (const section of sections) {
    const end = element("span", "rnn-end");
    section.append(end);
    watcher.observe(end);
  }

  addEventListener("storage", () => {
    said = "";
    paint();
  });
  paint();
})();
