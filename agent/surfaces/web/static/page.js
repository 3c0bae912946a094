// The frame of every page: theme, the side on a narrow screen, dialogs, messages. Everything else is loaded from here.
import { say } from "./frame.js";
import "./acts.js";
import "./chat.js";

const THEMES = ["", "light", "dark"];

document.addEventListener("click", (event) => {
  const button = event.target.closest("button, label[role=button]");
  if (!button) return;
  if ("themeButton" in button.dataset) turnTheme();
  else if ("menuButton" in button.dataset) openSide(button);
  else if ("close" in button.dataset) button.closest("dialog").close();
});

// A click beside a dialog closes it.
for (const dialog of document.querySelectorAll("dialog"))
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());

function turnTheme() {
  const root = document.documentElement;
  const next = THEMES[(THEMES.indexOf(root.dataset.theme ?? "") + 1) % THEMES.length];
  if (next) root.dataset.theme = next;
  else delete root.dataset.theme;
  document.cookie = `limner_theme=${next}; path=/; max-age=31536000; samesite=lax`;
  say(next ? `${next[0].toUpperCase()}${next.slice(1)} colours` : "Colours as your system has them");
}

function openSide(button) {
  const open = document.getElementById("side").classList.toggle("open");
  button.setAttribute("aria-expanded", open);
  if (open) document.querySelector(".side .new").focus();
}

document.addEventListener("keydown", (event) => {
  const side = document.getElementById("side");
  if (event.key === "Escape" && side?.classList.contains("open")) {
    side.classList.remove("open");
    const button = document.querySelector("[data-menu-button]");
    button.setAttribute("aria-expanded", false);
    button.focus();
  }
  // "/" goes to the words, as in many programs; never while one types.
  if (event.key === "/" && !event.target.closest("input, textarea, select, dialog") && !event.ctrlKey && !event.metaKey) {
    const field = document.querySelector("[data-words], input[type=search]");
    if (field) { event.preventDefault(); field.focus(); }
  }
});
