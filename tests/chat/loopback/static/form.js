// Forms (modals) as dialogs. The dialog element keeps the focus inside and gives it back.

import { append, freshId, make } from "./dom.js";
import { markdown } from "./markdown.js";

/** Show a form; `submit(answers)` gets the answers by custom_id. Nothing is sent if it is closed. */
export function showForm(form, submit) {
  const title = freshId("title");
  const problem = make("p", { class: "problem", role: "alert" });
  const dialog = make("dialog", { "aria-labelledby": title });
  const inner = make("form", { method: "dialog", novalidate: true });
  const fields = form.components.flatMap((component) => field(component, inner));
  const cancel = make("button", { type: "button", class: "button" }, "Cancel");
  const send = make("button", { type: "submit", class: "button button-main" }, "Submit");
  cancel.addEventListener("click", () => dialog.close());
  append(dialog, [make("h2", { id: title }, form.title), inner]);
  append(inner, [problem, make("div", { class: "ends" }, cancel, send)]);
  inner.addEventListener("submit", (event) => {
    event.preventDefault();
    const wrong = fields.map((one) => one.problem()).find(Boolean);
    problem.textContent = wrong ? wrong.text : "";
    if (wrong) return wrong.focus();
    const answers = Object.fromEntries(fields.map((one) => [one.id, one.value()]));
    dialog.close();
    return submit(answers);
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  (fields[0]?.focus ?? (() => send.focus()))();
  return dialog;
}

/** Add one component to the form; return its field, if it has one. */
function field(component, form) {
  if (component.type === 10) {
    form.append(make("div", {}, markdown(component.content)));
    return [];
  }
  const inner = component.type === 18 ? component.component : component.components[0];
  const label = component.type === 18 ? component.label : inner.label;
  const made = inputFor(inner, label, component.description);
  form.append(made.element);
  return [{ id: inner.custom_id, ...made }];
}

function inputFor(component, label, description) {
  const required = component.required ?? true;
  const text = `${label}${required ? "" : " (optional)"}`;
  const id = freshId("field");
  const hint = description ? make("span", { class: "quiet small hint", id: `${id}-hint` }, description) : null;
  const common = { id, "aria-describedby": hint ? `${id}-hint` : null };
  if (component.type === 4) return textInput(component, { text, required, hint, common, label });
  if (component.type === 3) return dropDown(component, { text, required, hint, common, label });
  return ticks(component, { text, required, hint, label });
}

function textInput(component, { text, required, hint, common, label }) {
  const high = component.max_length ?? 4000;
  const low = Math.max(component.min_length ?? 0, required ? 1 : 0);
  const attributes = { ...common, class: "field", maxlength: high, placeholder: component.placeholder, "aria-required": String(required) };
  const input = component.style === 2 ? make("textarea", { ...attributes, rows: 4 }) : make("input", { ...attributes, type: "text" });
  input.value = component.value ?? "";
  const focus = () => input.focus();
  return {
    element: make("div", { class: "row" }, make("label", { for: common.id }, text), hint, input),
    focus,
    value: () => input.value,
    problem: () => {
      const length = input.value.length;
      if (!required && !length) return null;
      return length < low ? { text: `“${label}” needs at least ${low} character${low > 1 ? "s" : ""}.`, focus } : null;
    },
  };
}

function dropDown(component, { text, required, hint, common, label }) {
  const several = (component.max_values ?? 1) > 1;
  const input = make("select", { ...common, class: "field", multiple: several });
  if (!several) input.append(make("option", { value: "" }, component.placeholder ?? "Choose"));
  for (const option of component.options ?? []) {
    const item = make("option", { value: option.value }, option.label);
    item.selected = Boolean(option.default);
    input.append(item);
  }
  const value = () => [...input.selectedOptions].map((option) => option.value).filter(Boolean);
  const focus = () => input.focus();
  return {
    element: make("div", { class: "row" }, make("label", { for: common.id }, text), hint, input),
    focus,
    value,
    problem: () => (required && !value().length ? { text: `Choose something for “${label}”.`, focus } : null),
  };
}

/** Radio groups (21), checkbox groups (22) and single checkboxes (23). */
function ticks(component, { text, required, hint, label }) {
  const single = component.type === 23;
  const kind = component.type === 21 ? "radio" : "checkbox";
  const name = freshId("group");
  const options = single ? [{ value: "yes", label: text, default: component.default }] : component.options ?? [];
  const boxes = options.map((option) => {
    const box = make("input", { type: kind, name, value: option.value });
    box.checked = Boolean(option.default);
    const words = make("span", {}, option.label, option.description ? make("span", { class: "quiet small hint" }, ` ${option.description}`) : null);
    return { box, element: make("label", { class: "tick" }, box, words) };
  });
  const value = () => boxes.filter((one) => one.box.checked).map((one) => one.box.value);
  const focus = () => boxes[0]?.box.focus();
  return {
    element: make("fieldset", { class: "row" }, single ? null : make("legend", {}, text), hint, boxes.map((one) => one.element)),
    focus,
    value: () => (component.type === 21 ? value()[0] ?? "" : value()),
    problem: () => (required && !single && !value().length ? { text: `Choose something for “${label}”.`, focus } : null),
  };
}
