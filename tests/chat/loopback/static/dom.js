// Making elements. Every text that comes from outside goes through here as a text node, never as markup.

/**
 * Make an element. Children that are strings become text nodes; null and false are left out.
 * Attributes: `on` + event for listeners, `class`, true for a bare attribute, false or null for none.
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

/** Append children to a node, strings as text. */
export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(typeof child === "object" ? child : String(child));
  }
  return node;
}

let last = 0;

/** Return an id no element has yet. */
export function freshId(what) {
  last += 1;
  return `${what}-${last}`;
}

/** Return a link address if it is one a message may lead to, else null. */
export function safeUrl(text) {
  try {
    const url = new URL(text);
    return ["http:", "https:", "discord:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** Make a link that opens beside this page and tells the other side nothing. */
export function link(url, ...children) {
  const safe = safeUrl(url);
  if (!safe) return make("span", {}, ...children);
  return make("a", { href: safe, target: "_blank", rel: "noopener noreferrer" }, ...children);
}
