// A long conversation: the page holds its end, what came before is fetched when somebody goes there.
import { say } from "./frame.js";

// However long a conversation is open, the page holds no more than this.
const MOST_TURNS = 100;

/** Leave out the first pictures of a turn that makes very many; the gallery has them. */
export function hideFirst(turn, most) {
  const plates = turn.querySelector("[data-plates]");
  const many = plates.children.length - most;
  for (let left = many; left > 0; left--) plates.firstElementChild.remove();
  if (many > 0) count(turn, many);
}

/** Pictures that were made while nobody looked are counted only, and so is what they come after. */
export function hideAll(turn, more) {
  const plates = turn.querySelector("[data-plates]");
  count(turn, plates.children.length + more);
  plates.replaceChildren();
}

function count(turn, more) {
  const line = turn.querySelector("[data-left-out]");
  const number = line.querySelector("[data-count]");
  number.textContent = Number(number.textContent) + more;
  line.hidden = false;
}

/** Let go of the first turns when there are too many; they can be had again. */
export function bound(talk) {
  const turns = [...talk.querySelectorAll(".turn")];
  const gone = turns.slice(0, Math.max(0, turns.length - MOST_TURNS));
  const last = gone.findLast((turn) => turn.dataset.known);
  if (!last || gone.some((turn) => turn.dataset.job)) return;
  for (const turn of gone) turn.remove();
  const link = earlier() ?? document.getElementById("earlier").content.firstElementChild.cloneNode(true);
  link.href = `${location.pathname}?upto=${encodeURIComponent(last.dataset.known)}`;
  talk.prepend(link);
}

const earlier = () => document.querySelector("a[data-earlier]");
let loading = false;

/** Puts what came before above what is there, when one scrolls up to it; the link itself leads there without scripts. */
export function watchEarlier(talk) {
  const eye = new IntersectionObserver(([seen]) => seen.isIntersecting && load(talk, eye));
  const link = earlier();
  if (!link) return;
  requestAnimationFrame(() => eye.observe(link));
  talk.addEventListener("click", (event) => {
    if (event.target.closest("a[data-earlier]") && room(talk)) { event.preventDefault(); load(talk, eye); }
  });
}

const room = (talk) => talk.querySelectorAll(".turn").length + 20 <= MOST_TURNS;

async function load(talk, eye) {
  const link = earlier();
  if (loading || !link || !room(talk)) return;
  loading = true;
  try {
    const response = await fetch(link.href, { headers: { Accept: "text/html" } });
    if (!response.ok) throw new Error();
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const found = page.querySelectorAll(".turn, a[data-earlier]");
    const from = document.documentElement.scrollHeight - window.scrollY;
    link.replaceWith(...found);
    // What one was reading stays where it is on the screen.
    window.scrollTo({ top: document.documentElement.scrollHeight - from, behavior: "instant" });
    const next = earlier();
    if (next) eye.observe(next);
  } catch {
    say("What came before could not be fetched; try again when the connection is back.");
  } finally {
    loading = false;
  }
}
