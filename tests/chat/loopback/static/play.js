// The page: it keeps one connection, shows what comes, and sends what a person does.

import { body } from "./components.js";
import { composer } from "./composer.js";
import { append, freshId, make } from "./dom.js";
import { showForm } from "./form.js";
import { menuButton } from "./popup.js";

const list = document.getElementById("messages");
const log = document.getElementById("log");
const notices = document.getElementById("notices");
const live = document.getElementById("live");
const dismissed = new Set();
let state = { messages: [], commands: [], menus: [], names: {}, bot: "The bot" };
let shown = new Map(); // message id -> { element, text }, as last rendered

// The connection ----------------------------------------------------------------------------------

let socket = null;
let refs = 0;
const waiting = new Map();

function connect() {
  const url = new URL("live", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  socket = new WebSocket(url);
  socket.addEventListener("open", go);
  socket.addEventListener("message", (event) => {
    const packet = JSON.parse(event.data);
    if (packet.type === "state") show(packet);
    else {
      waiting.get(packet.ref)?.(packet);
      waiting.delete(packet.ref);
    }
  });
  socket.addEventListener("close", () => {
    setStatus("Connection lost, trying again…");
    setTimeout(connect, 1000);
  });
}

/** Ask the server to do something; return a promise of how that went. */
function ask(what, details = {}) {
  if (socket?.readyState !== WebSocket.OPEN) return Promise.resolve({ failed: "refused", why: "not connected" });
  refs += 1;
  const ref = refs;
  return new Promise((resolve) => {
    waiting.set(ref, resolve);
    socket.send(JSON.stringify({ do: what, ref, ...details }));
  });
}

/** Do something that leads to a message or a form, and tell how it went. */
async function interact(what, details) {
  tell("Waiting for the answer");
  const answer = await ask(what, details);
  if (answer.failed) return failed(answer);
  if (answer.form) {
    tell("");
    showForm(answer.form, (answers) => interact("submit", { form: answer.form.id, answers }));
    return undefined;
  }
  return arrived(answer.message);
}

/** Tell that a message came or changed, and bring it into view. */
function arrived(id) {
  const message = state.messages.find((one) => one.id === id);
  const element = shown.get(id)?.element;
  if (!message || !element) return tell("Done");
  const words = element.querySelector(".body").innerText.replace(/\s+/g, " ");
  const privately = message.only_you ? ", only you can see this" : "";
  tell(`${message.author} answered${privately}: ${words.slice(0, 160)}`);
  // A long answer is read from its beginning.
  const high = element.offsetHeight > log.clientHeight * 0.7;
  element.scrollIntoView({ block: high ? "start" : "nearest" });
  return undefined;
}

function failed(answer) {
  const silent = answer.failed === "silent";
  const what = silent ? "The application did not respond." : "That did not work.";
  const close = make("button", { type: "button", class: "button dismiss" }, "Dismiss");
  const details = make("details", {}, make("summary", {}, "Why"), make("pre", {}, answer.why ?? ""));
  const notice = make("div", { class: "notice" }, make("p", {}, make("strong", {}, what)), details, close);
  close.addEventListener("click", () => {
    notice.remove();
    document.getElementById("say").focus();
  });
  notices.append(notice);
  notice.scrollIntoView({ block: "nearest" });
  tell("");
}

// The messages ------------------------------------------------------------------------------------

function show(next) {
  const moved = next.at !== state.at || next.as !== state.as;
  state = next;
  if (moved) {
    list.replaceChildren();
    shown = new Map();
  }
  setStatus(next.connected ? `${next.bot} is here` : `${next.bot} is not connected yet`);
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  const present = new Set();
  for (const message of next.messages) {
    if (dismissed.has(message.id)) continue;
    present.add(message.id);
    place(message);
  }
  for (const [id, { element }] of shown) {
    if (!present.has(id)) remove(id, element);
  }
  if (atEnd || moved) log.scrollTop = log.scrollHeight;
}

/** Put a message where it belongs: new ones at the end, changed ones in place of the old. */
function place(message) {
  const text = JSON.stringify([message, state.menus]);
  const before = shown.get(message.id);
  if (before?.text === text) return;
  const element = article(message);
  if (before) {
    const focused = before.element.contains(document.activeElement) ? document.activeElement : null;
    before.element.replaceWith(element);
    if (focused) refocus(element, focused.dataset?.key);
  } else list.append(element);
  shown.set(message.id, { element, text });
}

/** Give the focus to the same control of the changed message, or to the message itself. */
function refocus(element, key) {
  const same = key && [...element.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key);
  (same || element).focus({ preventScroll: true });
}

function remove(id, element) {
  const hadFocus = element.contains(document.activeElement);
  element.remove();
  shown.delete(id);
  if (hadFocus) document.getElementById("say").focus({ preventScroll: true });
}

function article(message) {
  const about = freshId("about");
  const element = make("article", {
    class: `message${message.only_you ? " only-you" : ""}`,
    tabindex: "-1",
    "aria-labelledby": about,
  });
  const act = {
    press: (name) => interact("press", { message: message.id, custom_id: name }),
    pick: (name, values) => interact("pick", { message: message.id, custom_id: name, values }),
  };
  append(element, [
    message.used ? make("p", { class: "quiet small" }, message.used) : null,
    message.reply ? replyLine(message.reply) : null,
    make(
      "div",
      { class: "about", id: about },
      make("span", { class: "author" }, message.author),
      message.app ? make("span", { class: "badge" }, "App") : null,
      make("time", { class: "quiet small", datetime: message.time }, new Date(message.time).toLocaleTimeString([], { timeStyle: "short" })),
      message.edited ? make("span", { class: "quiet small" }, "(edited)") : null,
    ),
    make("div", { class: "body" }, body(message, act, state.names)),
    message.only_you ? onlyYou(message, element) : null,
    more(message),
  ]);
  return element;
}

function replyLine(reply) {
  if (reply.gone) return make("p", { class: "quiet small" }, "Reply to a message that is gone");
  return make("p", { class: "quiet small" }, `Reply to ${reply.author}${reply.text ? `: ${reply.text}` : ""}`);
}

function onlyYou(message, element) {
  const button = make("button", { type: "button", class: "button dismiss small" }, "Dismiss");
  button.addEventListener("click", () => {
    dismissed.add(message.id);
    remove(message.id, element);
  });
  return make("p", { class: "quiet small" }, "Only you can see this. ", button);
}

/** The "…" of a message: the bot's entries, then what any client has. */
function more(message) {
  const entries = () => [
    ...(message.menus ? state.menus : []).map((name) => ({
      name,
      hint: state.bot,
      act: () => interact("menu", { message: message.id, name }),
    })),
    { name: "Copy text", act: () => copy(message) },
    ...(message.deletable ? [{ name: "Delete message", act: () => ask("delete", { message: message.id }) }] : []),
  ];
  const anchor = menuButton({ text: "…", label: `More for the message of ${message.author}`, entries, end: true, key: "more" });
  anchor.classList.add("more");
  return anchor;
}

async function copy(message) {
  const text = shown.get(message.id).element.querySelector(".body").innerText;
  try {
    await navigator.clipboard.writeText(text);
    tell("Copied");
  } catch {
    tell("The browser did not allow copying");
  }
}

// The rest of the page ----------------------------------------------------------------------------

function tell(text) {
  live.textContent = text ?? "";
}

function setStatus(text) {
  const status = document.getElementById("status");
  if (status.textContent !== text) status.textContent = text;
}

function go() {
  ask("go", { as: document.getElementById("person").value, at: document.getElementById("place").value });
}

function chooseTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

const theme = document.getElementById("theme");
theme.value = localStorage.getItem("theme") ?? "";
chooseTheme(theme.value);
theme.addEventListener("change", () => {
  localStorage.setItem("theme", theme.value);
  chooseTheme(theme.value);
});
document.getElementById("person").addEventListener("change", go);
document.getElementById("place").addEventListener("change", go);

composer({
  commands: () => state.commands,
  run: (command, options) => interact("run", { command, options }),
  say: (text) => ask("say", { text }),
  complete: async (command, option, typed, options) => {
    const answer = await ask("complete", { command, option, typed, options });
    return answer.choices ?? [];
  },
  tell,
});
connect();
