// The conversation: saying something with photos, and showing what comes of it while it is made.
import { answer, post, say } from "./frame.js";
import { bound, hideAll, hideFirst, watchEarlier } from "./past.js";

const talk = document.querySelector("[data-talk]");
const form = document.querySelector("[data-composer]");
const words = document.querySelector("[data-words]");
const tray = document.querySelector("[data-tray]");
const files = [];
const MB = 1e6;

/** Show a request as it stands now, when that was not followed: one that was stopped while it waited. */
export function refresh(job, html) {
  const turn = talk?.querySelector(`[data-job="${job}"]`);
  if (turn && source?.job !== job) put(turn, html);
}

/** Send a request and show it at once; on another page than the conversation, go there. */
export async function begin(address, values, text, photos = []) {
  const body = new FormData();
  for (const [name, value] of Object.entries(values)) body.append(name, value);
  for (const file of photos) body.append("files", file, file.name);
  // The same key again is the same request: sending twice after a lost answer draws once.
  body.append("key", crypto.randomUUID());
  if (!talk) {
    const { page } = await post(address, body);
    location.href = page;
    return;
  }
  document.querySelector("[data-welcome]")?.remove();
  const turn = draft(text, photos);
  talk.append(turn);
  bound(talk);
  toEnd();
  await send(address, body, turn);
}

async function send(address, body, turn) {
  try {
    const { html } = await upload(address, body, (part) => sending(turn, part));
    keep(body.get("text"), false);
    put(turn, html);
  } catch (error) {
    unsent(turn, error, () => { turn.querySelector(".trouble").remove(); send(address, body, turn); });
  }
}

// fetch() tells nothing of an upload's progress; XMLHttpRequest does.
function upload(address, body, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onload = () => { try { resolve(answer(request.status, request.responseText)); } catch (error) { reject(error); } };
    request.onerror = () => reject(new Error("This was not sent: the connection is lost."));
    request.send(body);
  });
}

/** Words that were not taken yet outlive a reload. */
function keep(text, yes = true) {
  const place = `words ${talk.dataset.session}`;
  if (yes) sessionStorage.setItem(place, text);
  else if (sessionStorage.getItem(place) === text) sessionStorage.removeItem(place);
}

function draft(text, photos) {
  const turn = document.getElementById("draft").content.firstElementChild.cloneNode(true);
  turn.querySelector(".words").textContent = text;
  turn.querySelector(".words").hidden = !text;
  for (const file of photos) turn.querySelector(".photos").append(thumbnail(file));
  return turn;
}

function sending(turn, part) {
  if (part < 1) turn.querySelector("[data-what]").textContent = `Sending the photos, ${Math.round(part * 100)} %`;
  else turn.querySelector("[data-what]").textContent = "Sent";
  turn.querySelector("progress").value = part;
}

function unsent(turn, error, again) {
  turn.classList.remove("busy");
  const box = document.createElement("p");
  box.className = "trouble";
  box.setAttribute("role", "alert");
  box.append(Object.assign(document.createElement("strong"), { textContent: error.refused ? "Not taken. " : "Not sent. " }), `${error.message} `);
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: "Send again" });
  button.addEventListener("click", again);
  box.append(button);
  turn.querySelector("[data-answer]").append(box);
  turn.querySelector("[data-progress]").hidden = true;
}

/** Put the server's picture of a turn in place of what stands there. */
function put(turn, html) {
  const made = document.createRange().createContextualFragment(html).firstElementChild;
  const near = nearEnd();
  // What was just attached has no address yet, but this page has it.
  const photos = turn.querySelector(".photos");
  if (photos?.children.length && made.querySelector(".gone")) made.querySelector(".photos").replaceWith(photos);
  turn.replaceWith(made);
  for (const other of talk.querySelectorAll("[data-undo], .choices")) if (!made.contains(other)) other.remove();
  if (near) toEnd();
  watchNext();
}

// Who reads further up is left there; who is at the end stays at the end.
const toEnd = () => window.scrollTo(0, document.documentElement.scrollHeight);
const nearEnd = () => window.innerHeight + window.scrollY > document.documentElement.scrollHeight - 260;

let source = null;

/** Follow the first request that is on its way: they are worked on in this order, and a browser has few connections. */
function watchNext() {
  const turn = talk.querySelector("[data-job]");
  if (!turn || source?.job === turn.dataset.job) return;
  source?.close();
  // The browser reconnects by itself and says what it has seen last; a source made anew has to be told.
  const stream = `/web/jobs/${encodeURIComponent(turn.dataset.job)}/stream?after=${turn.dataset.seen ?? -1}`;
  source = Object.assign(new EventSource(stream), { job: turn.dataset.job });
  const on = (kind, then) => source.addEventListener(kind, (event) => {
    lost(false);
    turn.dataset.seen = event.lastEventId;
    then(JSON.parse(event.data));
  });
  source.onopen = () => lost(false);
  source.onerror = () => {
    lost(true);
    // Refused outright, a browser gives up; the next try may find the server whole again.
    if (source?.readyState === EventSource.CLOSED) { source = null; setTimeout(watchNext, 2000); }
  };
  on("status", ({ text }) => { turn.querySelector("[data-what]").textContent = text; });
  on("plan", ({ estimate_s: left }) => remaining(turn, left));
  on("progress", ({ label, done, total, eta_s: left }) => {
    turn.querySelector("[data-what]").textContent = label;
    Object.assign(turn.querySelector("progress"), { max: total, value: done });
    remaining(turn, left);
  });
  on("made", ({ html, handle }) => {
    const plates = turn.querySelector("[data-plates]");
    const near = nearEnd();
    plates.hidden = false;
    if (!plates.querySelector(`[data-picture="${handle}"]`)) plates.insertAdjacentHTML("beforeend", html);
    hideFirst(turn, Number(talk.dataset.mostShown));
    if (near) toEnd();
  });
  on("left_out", ({ count }) => hideAll(turn, count));
  on("reply", ({ html }) => {
    source.close();
    source = null;
    put(turn, html);
  });
}

function remaining(turn, seconds) {
  turn.querySelector("[data-left]").textContent =
    seconds == null ? "" : seconds < 90 ? `about ${Math.max(1, Math.round(seconds))} s left` : `about ${Math.round(seconds / 60)} min left`;
}

function lost(yes) {
  document.querySelector("[data-offline]").hidden = !yes;
}

// --- the composer ------------------------------------------------------------------------------------

function add(chosen) {
  const most = Number(form.dataset.most);
  const sum = () => files.reduce((bytes, file) => bytes + file.size, 0);
  for (const file of chosen) {
    if (!/^image\//.test(file.type)) say(`${file.name} is not a picture or a GIF; Limner learns from those`);
    else if (file.size > most) say(`${file.name} has ${Math.round(file.size / MB)} MB; at most ${Math.round(most / MB)} MB, save it smaller`);
    else if (sum() + file.size > most) say(`With ${file.name} it is more than ${Math.round(most / MB)} MB at once; send fewer photos`);
    else files.push(file);
  }
  show();
  words.focus();
}

function show() {
  tray.replaceChildren(...files.map((file, number) => {
    const item = Object.assign(document.createElement("div"), { className: "item" });
    const name = Object.assign(document.createElement("span"), { className: "name", textContent: file.name });
    const button = Object.assign(document.createElement("button"), { type: "button", ariaLabel: `Leave out ${file.name}` });
    button.innerHTML = form.querySelector("template").innerHTML;
    button.addEventListener("click", () => { files.splice(number, 1); show(); });
    item.append(thumbnail(file), name, button);
    return item;
  }));
  tray.hidden = !files.length;
  ready();
}

function thumbnail(file) {
  const image = Object.assign(document.createElement("img"), { alt: file.name, src: URL.createObjectURL(file) });
  image.onload = () => URL.revokeObjectURL(image.src);
  return image;
}

function ready() {
  form.querySelector("[data-send]").disabled = !words.value.trim() && !files.length;
}

/** What the address names: a turn or a picture, or the turn of a picture that is not shown with it. */
function goTo() {
  const named = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const found = named || document.getElementById(document.querySelector("[data-focus]")?.dataset.focus ?? "");
  found?.scrollIntoView({ block: "center" });
  return Boolean(found);
}

// Who comes from below goes on reading upwards.
if (!goTo() && document.querySelector("[data-past], [data-talk] .turn")) toEnd();
if (talk) {
  watchNext();
  watchEarlier(talk);

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = words.value.trim();
    if (!text && !files.length) return;
    const photos = files.splice(0);
    words.value = "";
    show();
    begin(form.getAttribute("action"), { session: talk.dataset.session, text }, text, photos);
  });
  words.value ||= sessionStorage.getItem(`words ${talk.dataset.session}`) ?? "";
  words.addEventListener("input", () => { keep(words.value.trim()); ready(); });
  words.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); }
  });
  words.addEventListener("paste", (event) => event.clipboardData.files.length && add(event.clipboardData.files));
  const picker = form.querySelector("[type=file]");
  picker.addEventListener("change", () => { add(picker.files); picker.value = ""; });
  form.querySelector("[data-pick]").addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); picker.click(); }
  });
  talk.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button?.dataset.fill) { words.value = button.dataset.fill; words.focus(); ready(); }
    if (button?.dataset.say) begin(form.getAttribute("action"), { session: talk.dataset.session, text: button.dataset.say }, button.dataset.say);
  });
  const drop = document.querySelector("[data-drop]");
  for (const kind of ["dragenter", "dragover"])
    document.addEventListener(kind, (event) => {
      if (event.dataTransfer.types.includes("Files")) { event.preventDefault(); drop.hidden = false; }
    });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) drop.hidden = true; });
  document.addEventListener("drop", (event) => {
    drop.hidden = true;
    if (event.dataTransfer.files.length) { event.preventDefault(); add(event.dataTransfer.files); }
  });
  window.addEventListener("offline", () => lost(true));
  window.addEventListener("online", () => lost(false));
  words.setSelectionRange(words.value.length, words.value.length);
  if (matchMedia("(hover: hover)").matches) words.focus({ preventScroll: true });
  ready();
}
