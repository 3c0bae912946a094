// What the other files need of the frame: asking the server, dialogs, short messages.

/** Post a form's values; the answer's JSON, or an Error whose message is for the person. */
export async function post(address, values) {
  const body = values instanceof FormData ? values : new URLSearchParams(values);
  let response;
  try {
    response = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
  } catch {
    throw new Error("The connection is lost. Nothing was changed; try again when it is back.");
  }
  return answer(response.status, await response.text());
}

export function answer(status, text) {
  let found = {};
  try { found = JSON.parse(text); } catch { /* not ours: a proxy's page, or a crash */ }
  if (status < 300) return found;
  const error = new Error(found.error?.message || `The server answered ${status}. Try again.`);
  error.refused = status < 500;
  throw error;
}

/** A short message that goes away by itself. */
export function say(text) {
  const line = document.createElement("div");
  line.className = "toast";
  line.textContent = text;
  document.querySelector("[data-toasts]").append(line);
  setTimeout(() => line.remove(), Math.max(4000, text.length * 70));
}

/** Something to read, over the page. `html` comes from our own server, which has escaped it. */
export function sheet(title, html) {
  const dialog = document.getElementById("sheet");
  dialog.querySelector("h2").textContent = title;
  dialog.querySelector("[data-sheet]").innerHTML = html;
  dialog.showModal();
  dialog.scrollTop = 0;
}

/** Ask before something that cannot be taken back: false, or {also}. */
export function sure(title, question, yes, also = "") {
  const dialog = document.getElementById("sure");
  dialog.querySelector("h2").textContent = title;
  dialog.querySelector("[data-question]").textContent = question;
  const box = dialog.querySelector("[data-also]");
  box.hidden = !also;
  box.querySelector("span").textContent = also;
  box.querySelector("input").checked = false;
  const button = dialog.querySelector("[data-yes]");
  button.textContent = yes;
  dialog.showModal();
  return new Promise((resolve) => {
    const agreed = () => { resolve({ also: box.querySelector("input").checked }); dialog.close(); };
    button.addEventListener("click", agreed, { once: true });
    dialog.addEventListener("close", () => { button.removeEventListener("click", agreed); resolve(false); }, { once: true });
  });
}
