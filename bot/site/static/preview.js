// The curator's bench: which view, colours and width are shown, and a reload when a file was saved.
"use strict";

const controls = document.querySelector("#controls");

function show() {
  const chosen = Object.fromEntries(new FormData(controls));
  for (const frame of document.querySelectorAll("[data-view]")) {
    frame.hidden = frame.dataset.view !== chosen.view;
  }
  for (const message of document.querySelectorAll(".message")) {
    message.dataset.width = chosen.width;
  }
  document.documentElement.dataset.theme = chosen.theme;
  sessionStorage.setItem("bench", JSON.stringify(chosen));
}

if (controls) {
  controls.hidden = false;
  // Until somebody chooses, the colours are those of the other pages: what the system prefers.
  const theme = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
  const kept = { theme, ...JSON.parse(sessionStorage.getItem("bench") ?? "{}") };
  for (const [name, value] of Object.entries(kept)) {
    const field = controls.elements.namedItem(name);
    if (field instanceof RadioNodeList && [...field].some((one) => one.value === value)) {
      field.value = value;
    }
  }
  controls.addEventListener("input", show);
  show();
}

const { generation } = document.querySelector("script[data-generation]").dataset;
const changes = new EventSource(`/changes?since=${generation}`);
changes.addEventListener("changed", () => location.reload());
addEventListener("pagehide", () => changes.close());
