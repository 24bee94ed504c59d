// Where a person writes: a line for messages, and for commands a small form with one field per option.

import { append, freshId, make } from "./dom.js";
import { suggests } from "./popup.js";

const INTEGER = 4;
const BOOLEAN = 5;
const NUMBER = 10;
const WAIT_MS = 120;

/**
 * Bring the composer to life.
 *
 * `commands()` returns the commands there are; `run(path, options)`, `say(text)` and
 * `complete(path, option, typed, options)` do what they say; `tell(text)` speaks to screen readers.
 */
export function composer({ commands, run, say, complete, tell }) {
  const form = document.getElementById("say-form");
  const input = document.getElementById("say");
  const place = document.getElementById("command-place");

  const find = (text) => {
    if (!text.startsWith("/")) return null;
    const typed = text.slice(1).trim().toLowerCase();
    return commands()
      .filter((command) => !typed || matches(command, typed))
      .map((command) => ({ name: `/${command.path}`, hint: command.description, value: command }));
  };
  const list = suggests(input, { find, choose: (choice) => begin(choice.value), say: tell, label: "Commands" });

  document.getElementById("show-commands").addEventListener("click", () => {
    input.value = "/";
    input.focus();
    list.ask();
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = input.value.trim();
    const command = text.startsWith("/") ? named(text.slice(1)) : null;
    if (command) begin(command.command, command.rest);
    else if (text.startsWith("/") && list.isOpen()) list.takeFirst();
    else if (text) {
      input.value = "";
      say(text);
    }
  });

  /** Return the command whose whole name `text` begins with, and what follows it. */
  function named(text) {
    const fitting = commands()
      .filter((command) => text === command.path || text.startsWith(`${command.path} `))
      .sort((a, b) => b.path.length - a.path.length)[0];
    return fitting ? { command: fitting, rest: text.slice(fitting.path.length).trim() } : null;
  }

  function end(focusInput) {
    place.replaceChildren();
    place.hidden = true;
    form.hidden = false;
    input.value = "";
    if (focusInput) input.focus();
  }

  /** Show the fields of a command, the first one filled with `rest`; run at once what needs nothing more. */
  function begin(command, rest = "") {
    list.close();
    const [first] = command.options;
    const needed = command.options.filter((option) => option.required);
    if (!first || (rest && needed.length <= 1 && takesText(first))) {
      end(true);
      return run(command.path, first && rest ? { [first.name]: rest } : {});
    }
    const fields = command.options.map((option) => optionField(option));
    const values = () => Object.fromEntries(fields.map((one) => [one.option.name, one.value()]).filter(([, value]) => value !== ""));
    const problem = make("p", { class: "problem", role: "alert" });
    const cancel = make("button", { type: "button", class: "button" }, "Cancel");
    const inner = make(
      "form",
      { autocomplete: "off", novalidate: true, "aria-label": `/${command.path}` },
      make(
        "fieldset",
        { class: "command-form" },
        make("legend", {}, `/${command.path}`),
        make("p", { class: "quiet small" }, command.description),
        fields.map((one) => one.element),
        problem,
        make("div", { class: "actions" }, make("button", { type: "submit", class: "button button-main" }, `Run /${command.path}`), cancel),
      ),
    );
    cancel.addEventListener("click", () => end(true));
    inner.addEventListener("keydown", (event) => {
      if (event.key === "Escape") end(true);
    });
    inner.addEventListener("submit", (event) => {
      event.preventDefault();
      const missing = fields.find((one) => one.option.required && one.value() === "");
      problem.textContent = missing ? `“${missing.option.label}” is needed.` : "";
      if (missing) return missing.focus();
      const given = values();
      end(true);
      return run(command.path, given);
    });
    form.hidden = true;
    place.replaceChildren(inner);
    place.hidden = false;
    for (const one of fields) one.attach?.((typed) => complete(command.path, one.option.name, typed, values()), tell);
    if (rest && fields[0]) fields[0].fill(rest);
    fields[0]?.focus();
    return undefined;
  }
}

function matches(command, typed) {
  const words = `${command.path} ${command.description}`.toLowerCase();
  return command.path.startsWith(typed) || typed.split(/\s+/).every((word) => words.includes(word));
}

function takesText(option) {
  return ![INTEGER, BOOLEAN, NUMBER].includes(option.type) && !option.choices.length;
}

function optionField(option) {
  const id = freshId("option-field");
  const label = make("label", { for: id }, option.label, option.required ? "" : make("span", { class: "quiet small" }, " (optional)"));
  const hint = make("span", { class: "quiet small hint", id: `${id}-hint` }, option.description);
  const input = inputOf(option, { id, class: "field", "aria-describedby": `${id}-hint` });
  let chosen = null; // the suggestion taken, as long as its name stands unchanged in the field
  const field = {
    option,
    element: make("div", { class: "option" }, label, hint, input),
    focus: () => input.focus(),
    fill: (text) => {
      input.value = text;
    },
    value: () => {
      if (chosen && chosen.name === input.value) return chosen.value;
      if (option.type === BOOLEAN) return input.value === "" ? "" : input.value === "true";
      return input.value.trim();
    },
  };
  if (option.autocomplete) {
    field.attach = (ask, tell) => {
      let timer = null;
      const find = (text) =>
        new Promise((resolve) => {
          clearTimeout(timer);
          timer = setTimeout(async () => resolve(await ask(text)), WAIT_MS);
        });
      const choose = (choice) => {
        chosen = choice;
        input.value = choice.name;
      };
      const empty = "Nothing fits. You can still send what you typed.";
      const list = suggests(input, { find, choose, say: tell, label: `Suggestions for ${option.label}`, empty });
      input.addEventListener("focus", () => list.ask());
    };
  }
  return field;
}

function inputOf(option, attributes) {
  const choices = option.type === BOOLEAN ? [{ name: "yes", value: true }, { name: "no", value: false }] : option.choices;
  if (choices.length) {
    const empty = make("option", { value: "" }, option.required ? "Choose" : "–");
    return make("select", attributes, empty, choices.map((choice) => make("option", { value: String(choice.value) }, choice.name)));
  }
  const whole = option.type === INTEGER;
  if (whole || option.type === NUMBER) {
    return make("input", { ...attributes, type: "number", step: whole ? 1 : "any", min: option.min, max: option.max });
  }
  return make("input", { ...attributes, type: "text", maxlength: option.max_length ?? 6000 });
}
