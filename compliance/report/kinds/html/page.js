(() => {
  "use strict";
  const root = document.documentElement;
  const one = (id) => document.getElementById(id);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const [search, subject, family, level, depth] = ["search", "subject", "family", "level", "depth"].map(one);
  const rules = all("details.rule");
  const groups = all("section.group");
  const chips = all(".chip");
  const texts = new Map();
  root.classList.add("scripted");

  // What a rule says, read when somebody first searches.
  const text = (rule) => {
    if (!texts.has(rule)) texts.set(rule, rule.textContent.toLowerCase());
    return texts.get(rule);
  };
  // What became of a rule on one subject: "3:broken 4:passed" in data-where.
  const at = (rule, number) => {
    const found = (" " + rule.dataset.where + " ").match(" " + number + ":([a-z-]+) ");
    return found && found[1];
  };
  const matches = (rule, words, signs) => {
    const sign = subject.value ? at(rule, subject.value) : rule.dataset.sign;
    return sign !== null && (!signs.length || signs.includes(sign)) &&
      (!family.value || rule.dataset.family === family.value) &&
      (!level.value || rule.dataset.level === level.value) &&
      (!depth.value || rule.dataset.depth === depth.value) &&
      words.every((word) => text(rule).includes(word));
  };
  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const signs = chips.filter((chip) => chip.ariaPressed === "true").map((chip) => chip.dataset.sign);
    let shown = 0;
    for (const rule of rules) {
      rule.hidden = !matches(rule, words, signs);
      shown += !rule.hidden;
    }
    for (const group of groups) group.hidden = !group.querySelector("details.rule:not([hidden])");
    one("count").textContent = `${shown} of ${rules.length} rules`;
    one("none").hidden = shown > 0;
  };
  const reset = () => {
    for (const field of [search, subject, family, level, depth]) field.value = "";
    for (const chip of chips) chip.ariaPressed = "false";
    apply();
  };
  const named = () => {
    try {
      return one(decodeURIComponent(location.hash.slice(1)));
    } catch {
      return null;
    }
  };
  // The browser itself opens what a link leads to, unless a filter hides it.
  const follow = () => {
    const rule = named()?.closest("details.rule");
    if (!rule) return;
    if (rule.hidden) reset();
    rule.open = true;
    rule.scrollIntoView();
  };
  // As it stands, to the last line break, which a selection would lose.
  const put = (text) => {
    const give = (event) => {
      event.clipboardData.setData("text/plain", text);
      event.preventDefault();
    };
    document.addEventListener("copy", give);
    const done = document.execCommand("copy");
    document.removeEventListener("copy", give);
    return done;
  };
  const copy = (button) => {
    const source = button.parentElement.querySelector("pre");
    const done = put(source.textContent);
    if (!done) getSelection().selectAllChildren(source);
    button.textContent = done ? "Copied" : "Selected: copy it";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  };

  for (const field of [search, subject, family, level, depth]) field.addEventListener("input", apply);
  one("reset").addEventListener("click", reset);
  one("all").addEventListener("click", () => {
    const shown = rules.filter((rule) => !rule.hidden);
    const open = shown.some((rule) => !rule.open);
    for (const rule of shown) rule.open = open;
    one("all").textContent = open ? "Close all" : "Open all";
  });
  one("theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  document.addEventListener("click", (event) => {
    const chip = event.target.closest(".chip");
    const link = event.target.closest("a[data-family]");
    const button = event.target.closest(".copy");
    const there = event.target.closest('a[href^="#"]:not([data-family])');
    if (chip) {
      chip.ariaPressed = String(chip.ariaPressed !== "true");
      apply();
    } else if (link) {
      reset();
      family.value = link.dataset.family;
      subject.value = link.dataset.subject || "";
      apply();
    } else if (button) {
      copy(button);
    } else if (there && there.hash === location.hash) {
      follow();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape" && document.activeElement === search) {
      reset();
    }
  });
  addEventListener("hashchange", follow);
  apply();
  follow();
})();
