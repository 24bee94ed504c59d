// Lists that open: suggestions under a field, a menu behind a button.
// Patterns: WAI-ARIA Authoring Practices, combobox with list autocomplete, and menu button.

import { append, freshId, make } from "./dom.js";

/** Close an open popup when something else gets the focus or is clicked. */
function closesOutside(anchor, close) {
  const outside = (event) => {
    if (!anchor.contains(event.target)) close();
  };
  document.addEventListener("pointerdown", outside);
  document.addEventListener("focusin", outside);
  return () => {
    document.removeEventListener("pointerdown", outside);
    document.removeEventListener("focusin", outside);
  };
}

/**
 * Give a text field suggestions.
 *
 * `find(text)` returns (a promise of) a list of {name, hint, value}, or null for none at all;
 * `choose(choice)` is called for the one taken. `say` tells a screen reader how many there are.
 */
export function suggests(input, { find, choose, say, label, empty }) {
  const box = make("ul", { role: "listbox", class: "popup over above", id: freshId("list"), hidden: true });
  box.setAttribute("aria-label", label);
  input.parentElement.append(box);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", box.id);
  let choices = [];
  let current = -1;
  let asked = 0;
  let stopListening = null;

  const close = () => {
    box.hidden = true;
    current = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    stopListening?.();
    stopListening = null;
  };
  const mark = (next) => {
    current = next;
    [...box.querySelectorAll('[role="option"]')].forEach((option, number) => {
      option.setAttribute("aria-selected", String(number === current));
      if (number === current) {
        option.scrollIntoView({ block: "nearest" });
        input.setAttribute("aria-activedescendant", option.id);
      }
    });
    if (current < 0) input.removeAttribute("aria-activedescendant");
  };
  const take = (number) => {
    const choice = choices[number];
    close();
    choose(choice);
  };
  const open = (found) => {
    choices = found ?? [];
    box.replaceChildren();
    if (!found || (!choices.length && !empty)) return close();
    choices.forEach((choice, number) => {
      const option = make(
        "li",
        { role: "option", id: freshId("option"), "aria-selected": "false" },
        make("span", {}, choice.name),
        choice.hint ? make("span", { class: "hint" }, choice.hint) : null,
      );
      option.addEventListener("pointerdown", (event) => event.preventDefault());
      option.addEventListener("click", () => take(number));
      box.append(option);
    });
    if (!choices.length) append(box, [make("li", { class: "quiet small" }, empty)]);
    box.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark(-1);
    stopListening ??= closesOutside(input.parentElement, close);
    say?.(choices.length ? `${choices.length} suggestions, arrow keys to choose` : empty);
  };
  const ask = async () => {
    const mine = (asked += 1);
    const found = await find(input.value);
    if (mine === asked && document.activeElement === input) open(found);
  };

  input.addEventListener("input", ask);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && box.hidden) ask();
    if (box.hidden) return;
    if (event.key === "ArrowDown") mark((current + 1) % Math.max(1, choices.length));
    else if (event.key === "ArrowUp") mark(current <= 0 ? choices.length - 1 : current - 1);
    else if (event.key === "Escape") close();
    else if ((event.key === "Enter" || event.key === "Tab") && current >= 0) {
      if (event.key === "Enter") event.preventDefault();
      return take(current);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return { ask, close, takeFirst: () => choices.length && !box.hidden && take(0), isOpen: () => !box.hidden };
}

/**
 * A button that opens a list of actions or options.
 *
 * `entries()` returns a list of {name, hint, chosen, act}. With `most` above 1 several can be ticked and
 * are sent together: `act` of each is not used, `send(entries)` is.
 */
export function menuButton({ text, label, entries, most = 1, least = 1, send, disabled = false, end = false, key }) {
  const anchor = make("div", { class: "menu-anchor" });
  const button = make(
    "button",
    { type: "button", class: "button", "aria-haspopup": "menu", "aria-expanded": "false", disabled },
    ...(label ? [make("span", { "aria-hidden": "true" }, text), make("span", { class: "visually-hidden" }, label)] : [text]),
    end ? null : make("span", { "aria-hidden": "true" }, "▾"),
  );
  if (key) button.dataset.key = key;
  anchor.append(button);
  let box = null;
  let stopListening = null;

  const close = (back) => {
    box?.remove();
    box = null;
    stopListening?.();
    button.setAttribute("aria-expanded", "false");
    if (back) button.focus();
  };
  const several = most > 1;
  const open = () => {
    const role = several ? "menuitemcheckbox" : "menuitem";
    box = make("div", { role: "menu", class: `popup over${end ? " end" : ""}`, "aria-label": label || text });
    const made = entries().map((entry) => {
      const item = make(
        "button",
        { type: "button", role, tabindex: "-1" },
        several ? make("span", { "aria-hidden": "true", class: "tick" }, entry.chosen ? "☑ " : "☐ ") : null,
        make("span", {}, entry.name),
        entry.chosen && !several ? make("span", { class: "hint" }, "chosen now") : null,
        entry.hint ? make("span", { class: "hint" }, entry.hint) : null,
      );
      if (several) item.setAttribute("aria-checked", String(Boolean(entry.chosen)));
      item.addEventListener("click", () => {
        if (!several) {
          close(true);
          entry.act();
          return;
        }
        entry.chosen = !entry.chosen;
        item.setAttribute("aria-checked", String(entry.chosen));
        item.querySelector(".tick").textContent = entry.chosen ? "☑ " : "☐ ";
      });
      return { entry, item };
    });
    append(box, made.map((one) => one.item));
    if (several) {
      const done = make("button", { type: "button", role: "menuitem", tabindex: "-1" }, `Send choice (${least} to ${most})`);
      done.addEventListener("click", () => {
        const chosen = made.filter((one) => one.entry.chosen).map((one) => one.entry);
        if (chosen.length < least || chosen.length > most) return;
        close(true);
        send(chosen);
      });
      box.append(done);
    }
    anchor.append(box);
    button.setAttribute("aria-expanded", "true");
    box.addEventListener("keydown", keys);
    stopListening = closesOutside(anchor, () => close(false));
    box.querySelector("button")?.focus();
    box.scrollIntoView({ block: "nearest" });
  };
  const keys = (event) => {
    const items = [...box.querySelectorAll("button")];
    const at = items.indexOf(document.activeElement);
    const moves = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 };
    if (event.key in moves) items.at(moves[event.key] % items.length).focus();
    else if (event.key === "Escape") close(true);
    else if (event.key === "Tab") return close(false);
    else if (event.key.length === 1 && event.key !== " ") {
      const typed = event.key.toLowerCase();
      const after = [...items.slice(at + 1), ...items.slice(0, at + 1)];
      after.find((item) => item.textContent.trim().toLowerCase().startsWith(typed))?.focus();
    } else return undefined;
    event.preventDefault();
    event.stopPropagation();
    return undefined;
  };
  button.addEventListener("click", () => (box ? close(true) : open()));
  return anchor;
}
