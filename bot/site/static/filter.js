// Narrows the list of entries to what the form asks for. Without this script the whole list is there.
"use strict";

const form = document.querySelector("form.filters");
const entries = [...document.querySelectorAll(".entries > li")];
const count = document.querySelector("#count");

const tests = {
  pem: (entry, value) => entry.dataset.pem === value,
  design: (entry, value) => entry.dataset.design === value,
  topic: (entry, value) => entry.dataset.topics.split("|").includes(value),
  status: (entry, value) => entry.dataset.status === value,
  from: (entry, value) => Number(entry.dataset.year) >= Number(value),
  to: (entry, value) => Number(entry.dataset.year) <= Number(value),
  words: (entry, value) => value.toLowerCase().split(/\s+/).every((word) => entry.textContent.toLowerCase().includes(word)),
  problems: (entry) => entry.dataset.problems !== "0",
};

function narrow() {
  const asked = [...new FormData(form)].filter(([name, value]) => value.trim() && name in tests);
  let shown = 0;
  for (const entry of entries) {
    const fits = asked.every(([name, value]) => tests[name](entry, value.trim()));
    entry.hidden = !fits;
    shown += fits ? 1 : 0;
  }
  count.textContent = `${shown} of ${entries.length} shown`;
  const query = new URLSearchParams(asked).toString();
  history.replaceState(null, "", query ? `?${query}` : location.pathname);
}

if (form) {
  form.hidden = false;
  for (const [name, value] of new URLSearchParams(location.search)) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement && field.type === "checkbox") {
      field.checked = true;
    } else if (field) {
      field.value = value;
    }
  }
  form.addEventListener("input", narrow);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(narrow));
  narrow();
}
