// What one can do with a picture, a fact or a name, on whatever page it is shown.
import { answer, post, say, sheet, sure } from "./frame.js";
import { begin, refresh } from "./chat.js";

const session = () => document.querySelector("[data-session]")?.dataset.session ?? "default";

const ACTS = {
  rate: async (button) => {
    const pressed = button.getAttribute("aria-pressed") === "true";
    const both = document.querySelectorAll(`[data-rate][data-handle="${button.dataset.handle}"]`);
    const liked = pressed ? "none" : button.dataset.rate;
    for (const one of both) one.setAttribute("aria-pressed", one.dataset.rate === liked);
    await post("/web/rate", { handle: button.dataset.handle, liked }).catch((error) => {
      for (const one of both) one.setAttribute("aria-pressed", false);
      throw error;
    });
  },
  press: async (button) => {
    closeMenu();
    const { press, handle, motion = "" } = button.dataset;
    await begin("/web/press", { press, handle, motion, session: session() }, motion ? `Animate ${handle}: ${motion}` : `Vary ${handle}`);
  },
  motions: (button) => openMenu(button),
  why: async (button) => {
    const response = await fetch(`/why/${encodeURIComponent(button.dataset.why)}`);
    if (!response.ok) answer(response.status, await response.text());
    sheet(`Why ${button.dataset.why}`, await response.text());
  },
  forget: async (button) => {
    const { forget, name = forget, pictures, back } = button.dataset;
    const also = pictures === "True" ? `Also erase the pictures made with ${name}` : "";
    const answer = await sure("Forget for good?", `${name} is erased from memory and disk, with what was concluded from it. This cannot be taken back.`, `Forget ${name}`, also);
    if (!answer) return;
    const { receipt } = await post("/web/forget", { what: forget, session: session(), pictures: answer.also ? "yes" : "" });
    const shown = button.closest(".fact, .card");
    if (back) sessionStorage.setItem("receipt", receipt), (location.href = back);
    else say(receipt), shown?.remove();
  },
  edit: (button) => {
    const form = button.closest(".fact").querySelector("form.edit");
    form.hidden = !form.hidden;
    if (!form.hidden) form.querySelector("[name=text]").select();
  },
  cancel: async (button) => {
    button.disabled = true;
    const { job, html } = await post(`/web/jobs/${encodeURIComponent(button.dataset.cancel)}/cancel`, {});
    refresh(job, html);
  },
  undo: async (button) => {
    const made = button.dataset.made;
    const question = made ? `The last thing you said and what it made (${made}) are erased.` : "The last thing you said is forgotten.";
    if (!(await sure("Undo the last turn?", question, "Undo"))) return;
    const { receipt } = await post("/web/undo", { session: session(), turn: button.closest(".turn").dataset.known });
    sessionStorage.setItem("receipt", receipt);
    location.reload();
  },
};

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return closeMenu();
  const act = Object.keys(ACTS).find((name) => name in button.dataset);
  if (!act) return;
  try { await ACTS[act](button); } catch (error) { button.disabled = false; say(error.message); }
});

for (const field of document.querySelectorAll("[data-submit]"))
  field.addEventListener("change", () => field.form.requestSubmit());

document.querySelector("[data-forget-form]")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const what = new FormData(event.target).get("what");
  if (!(await sure("Forget for good?", `“${what}” is erased from memory and disk. This cannot be taken back.`, "Forget it"))) return;
  try {
    const { receipt } = await post("/web/forget", { what });
    sessionStorage.setItem("receipt", receipt);
    location.reload();
  } catch (error) { say(error.message); }
});

// A receipt outlives the page that asked for it.
const receipt = sessionStorage.getItem("receipt");
if (receipt) { sessionStorage.removeItem("receipt"); say(receipt); }

function openMenu(button) {
  const open = button.getAttribute("aria-expanded") === "true";
  closeMenu();
  if (open) return;
  const menu = document.createElement("div");
  menu.className = "menu";
  menu.setAttribute("role", "menu");
  const names = document.querySelector("[data-motion-names]")?.dataset.motionNames ?? "";
  for (const motion of names.split("|").filter(Boolean)) {
    const item = document.createElement("button");
    Object.assign(item, { type: "button", textContent: motion });
    Object.assign(item.dataset, { press: "animate", handle: button.dataset.handle, motion });
    item.setAttribute("role", "menuitem");
    menu.append(item);
  }
  button.setAttribute("aria-expanded", true);
  button.parentElement.append(menu);
  menu.firstElementChild?.focus();
}

function closeMenu() {
  document.querySelector(".menu")?.remove();
  document.querySelector("[data-motions][aria-expanded=true]")?.setAttribute("aria-expanded", false);
}

document.addEventListener("keydown", (event) => {
  const menu = document.querySelector(".menu");
  if (!menu) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    const items = [...menu.children];
    items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
  } else if (event.key === "Escape") {
    const owner = document.querySelector("[data-motions][aria-expanded=true]");
    closeMenu();
    owner?.focus();
  }
});
