// Discord's Markdown, as elements. Source: "Message Formatting" and the help page on Markdown text.
// No text is ever read as HTML: the tree is made of elements and text nodes.

import { append, link, make } from "./dom.js";

const FENCE = /```(?:([\w+-]*)\n)?([\s\S]*?)```/g;
const HEADING = /^(#{1,3})\s+(.+)$/;
const SUBTEXT = /^-#\s+(.+)$/;
const ITEM = /^(\s*)(?:([-*])|(\d+)\.)\s+(.*)$/;

/** Return a fragment for `text`; `names` gives user names by id. */
export function markdown(text, names = {}) {
  const fragment = document.createDocumentFragment();
  let end = 0;
  for (const fence of text.matchAll(FENCE)) {
    append(fragment, blocks(text.slice(end, fence.index), names));
    fragment.append(make("pre", { tabindex: "0" }, make("code", {}, fence[2].replace(/\n$/, ""))));
    end = fence.index + fence[0].length;
  }
  append(fragment, blocks(text.slice(end), names));
  return fragment;
}

function blocks(text, names) {
  const out = [];
  const lines = text.split("\n");
  let paragraph = [];
  const flush = () => {
    if (paragraph.length) out.push(make("p", {}, ...withBreaks(paragraph, names)));
    paragraph = [];
  };
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    const heading = HEADING.exec(line);
    const subtext = SUBTEXT.exec(line);
    if (line.trim() === "") flush();
    else if (heading) {
      flush();
      // A message has no business with the page's own first heading level: # becomes h3 in the outline.
      const level = heading[1].length;
      const attributes = { class: `h${level}`, role: "heading", "aria-level": level + 2 };
      out.push(make(`h${level}`, attributes, ...inline(heading[2], names)));
    } else if (subtext) {
      flush();
      out.push(make("p", { class: "quiet small" }, ...inline(subtext[1], names)));
    } else if (line.startsWith(">>> ")) {
      flush();
      out.push(make("blockquote", {}, ...blocks([line.slice(4), ...lines.slice(at + 1)].join("\n"), names)));
      break;
    } else if (line.startsWith("> ")) {
      flush();
      const quoted = [];
      while (at < lines.length && lines[at].startsWith("> ")) quoted.push(lines[at++].slice(2));
      at -= 1;
      out.push(make("blockquote", {}, ...blocks(quoted.join("\n"), names)));
    } else if (ITEM.test(line)) {
      flush();
      const items = [];
      while (at < lines.length && ITEM.test(lines[at])) items.push(ITEM.exec(lines[at++]));
      at -= 1;
      out.push(list(items, names));
    } else paragraph.push(line);
  }
  flush();
  return out;
}

function withBreaks(lines, names) {
  return lines.flatMap((line, number) => [number ? make("br") : null, ...inline(line, names)]);
}

/** Make a list of matched items, those indented further inside the one before them. */
function list(items, names) {
  const indent = items[0][1].length;
  const ordered = items[0][3] !== undefined;
  const element = make(ordered ? "ol" : "ul", ordered ? { start: items[0][3] } : {});
  for (let at = 0; at < items.length; at += 1) {
    const item = make("li", {}, ...inline(items[at][4], names));
    const inner = [];
    while (at + 1 < items.length && items[at + 1][1].length > indent) inner.push(items[++at]);
    if (inner.length) item.append(list(inner, names));
    element.append(item);
  }
  return element;
}

const URL_BODY = String.raw`https?:\/\/(?:[^\s()<>\[\]]|\([^\s()<>]*\))+`;
const TOKENS = [
  ["escape", /\\([^A-Za-z0-9\s])/],
  ["code", /(`+)([^`]|[^`][\s\S]*?[^`])\1(?!`)/],
  ["masked", new RegExp(String.raw`\[((?:\\.|[^\]\\])+)\]\(<?(${URL_BODY})>?\)`)],
  ["angled", /<(https?:\/\/[^\s>]+)>/],
  ["user", /<@!?(\d+)>/],
  ["role", /<@&(\d+)>/],
  ["channel", /<#(\d+)>/],
  ["command", /<\/([^:>]{1,100}):\d+>/],
  ["time", /<t:(-?\d{1,13})(?::[a-zA-Z])?>/],
  ["url", new RegExp(URL_BODY)],
  ["bold", /\*\*((?:\\.|[^\\])+?)\*\*(?!\*)/],
  ["underline", /__((?:\\.|[^\\])+?)__(?!_)/],
  ["strike", /~~((?:\\.|[^\\])+?)~~/],
  ["spoiler", /\|\|((?:\\.|[^\\])+?)\|\|/],
  ["italic", /\*(?![\s*])((?:\\.|\*\*|[^\\*])+?)\*(?!\*)/],
  ["italic_", /(?<![A-Za-z0-9_])_(?![\s_])((?:\\.|__|[^\\_])+?)_(?![A-Za-z0-9_])/],
];

/** Return the nodes of one line. */
function inline(text, names) {
  const out = [];
  let rest = text;
  while (rest) {
    let first = null;
    for (const [kind, pattern] of TOKENS) {
      const match = pattern.exec(rest);
      if (match && (!first || match.index < first.match.index)) first = { kind, match };
    }
    if (!first) {
      out.push(rest);
      break;
    }
    const { kind, match } = first;
    let taken = match[0];
    if (match.index) out.push(rest.slice(0, match.index));
    if (kind === "url") taken = taken.replace(/(?:[.,:;"'!?\]]|\\.)+$/, "");
    out.push(token(kind, match, taken, names));
    rest = rest.slice(match.index + taken.length);
  }
  return out;
}

function token(kind, match, taken, names) {
  switch (kind) {
    case "escape":
      return match[1];
    case "code":
      return make("code", {}, match[2]);
    case "masked":
      return link(match[2], ...inline(match[1], names));
    case "angled":
      return link(match[1], match[1]);
    case "url":
      return link(taken, taken);
    case "user":
      return make("span", { class: "mention" }, `@${names[match[1]] ?? "someone"}`);
    case "role":
      return make("span", { class: "mention" }, "@role");
    case "channel":
      return make("span", { class: "mention" }, "#channel");
    case "command":
      return make("span", { class: "mention" }, `/${match[1]}`);
    case "time":
      return make("time", {}, new Date(Number(match[1]) * 1000).toLocaleString());
    case "bold":
      return make("strong", {}, ...inline(match[1], names));
    case "underline":
      return make("u", {}, ...inline(match[1], names));
    case "strike":
      return make("s", {}, ...inline(match[1], names));
    case "spoiler":
      return spoiler(match[1], names);
    default:
      return make("em", {}, ...inline(match[1], names));
  }
}

function spoiler(text, names) {
  const hidden = make("span", { hidden: true }, ...inline(text, names));
  const button = make("button", { type: "button", class: "spoiler", "aria-expanded": "false" }, "Show hidden text");
  button.addEventListener("click", () => {
    hidden.hidden = !hidden.hidden;
    button.setAttribute("aria-expanded", String(!hidden.hidden));
    button.textContent = hidden.hidden ? "Show hidden text" : "Hide:";
  });
  return make("span", {}, button, " ", hidden);
}
