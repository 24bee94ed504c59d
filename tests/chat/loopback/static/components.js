// Discord's message components as elements. Source: "Component Reference".
// Every control carries data-key, so that the focus finds it again after the message changed.

import { append, link, make } from "./dom.js";
import { markdown } from "./markdown.js";
import { menuButton } from "./popup.js";

const STYLES = { 1: "button-main", 4: "button-danger" };

/** Return the body of a message. `act` has press(customId), pick(customId, values); `names` is for mentions. */
export function body(message, act, names) {
  const context = { message, act, names };
  const fragment = document.createDocumentFragment();
  if (message.loading) append(fragment, [make("p", { class: "quiet" }, `${message.author} is thinking…`)]);
  if (message.content) fragment.append(markdown(message.content, names));
  append(fragment, message.embeds.map((embed) => embedded(embed, names)));
  append(fragment, message.components.map((component) => one(component, context)));
  const plain = message.files.filter((file) => !file.shown && !isLayout(message));
  append(fragment, plain.map(download));
  return fragment;
}

function isLayout(message) {
  return message.components.some((component) => component.type !== 1);
}

function one(component, context) {
  switch (component.type) {
    case 1:
      return make("div", { class: "actions" }, component.components.map((child) => control(child, context)));
    case 9:
      return make(
        "div",
        { class: "section" },
        make("div", { class: "texts" }, component.components.map((child) => one(child, context))),
        component.accessory.type === 2 ? control(component.accessory, context) : image(component.accessory, context),
      );
    case 10:
      return make("div", {}, markdown(component.content, context.names));
    case 12:
      return make("div", {}, component.items.map((item) => image(item, context)));
    case 13:
      return attached(component, context);
    case 14:
      return make("hr", {
        class: [component.spacing === 2 ? "wide" : "", component.divider === false ? "invisible" : ""].join(" "),
        "aria-hidden": "true",
      });
    case 17:
      return make("div", { class: "container" }, component.components.map((child) => one(child, context)));
    default:
      return make("p", { class: "quiet small" }, `(a component this page cannot show: type ${component.type})`);
  }
}

function control(component, context) {
  if (component.type !== 2) return select(component, context);
  const label = [component.emoji?.name, component.label].filter(Boolean).join(" ");
  if (component.style === 5) {
    const element = link(component.url, label, make("span", { "aria-hidden": "true" }, "↗"));
    element.classList.add("button");
    return element;
  }
  const button = make(
    "button",
    { type: "button", class: `button ${STYLES[component.style] ?? ""}`, disabled: Boolean(component.disabled) },
    label,
  );
  button.dataset.key = component.custom_id;
  button.addEventListener("click", () => context.act.press(component.custom_id));
  return button;
}

function select(component, { act }) {
  const chosen = (component.options ?? []).filter((option) => option.default).map((option) => option.label);
  const entries = () =>
    (component.options ?? []).map((option) => ({
      name: [option.emoji?.name, option.label].filter(Boolean).join(" "),
      hint: option.description,
      chosen: Boolean(option.default),
      value: option.value,
      act: () => act.pick(component.custom_id, [option.value]),
    }));
  return menuButton({
    text: chosen.join(", ") || component.placeholder || "Choose",
    entries,
    key: component.custom_id,
    most: component.max_values ?? 1,
    least: component.min_values ?? 1,
    disabled: Boolean(component.disabled),
    send: (all) => act.pick(component.custom_id, all.map((entry) => entry.value)),
  });
}

function attached(component, { message }) {
  const id = component.file.attachment_id;
  const file = message.files.find((each) => each.id === id);
  return file ? download(file) : make("p", { class: "quiet small" }, "(a file that is gone)");
}

function download(file) {
  return make(
    "div",
    { class: "file" },
    make("a", { href: file.url, download: file.name }, file.name),
    make("span", { class: "quiet small" }, size(file.size)),
    file.about ? make("span", { class: "quiet small" }, file.about) : null,
  );
}

function size(bytes) {
  return bytes < 1024 ? `${bytes} bytes` : `${(bytes / 1024).toFixed(1)} KB`;
}

function image(item, { message }) {
  const file = message.files.find((each) => each.id === item.media.attachment_id);
  if (file) return make("img", { src: file.url, alt: item.description || file.about || file.name });
  // Images from elsewhere are not fetched: the page stays on this machine.
  return make("p", { class: "quiet small" }, "Image: ", item.description || link(item.media.url, item.media.url));
}

function embedded(embed, names) {
  return make(
    "div",
    { class: "container" },
    embed.title ? make("p", {}, make("strong", {}, embed.url ? link(embed.url, embed.title) : embed.title)) : null,
    embed.description ? markdown(embed.description, names) : null,
    (embed.fields ?? []).map((field) => make("div", {}, make("strong", {}, field.name), markdown(field.value, names))),
    embed.footer ? make("p", { class: "quiet small" }, embed.footer.text) : null,
  );
}
