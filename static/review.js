// The review screen. Progressive enhancement only: every page and form of it works without this file.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (type, selector, act) => document.addEventListener(type, (event) => { const hit = event.target.closest?.(selector); if (hit) act(hit, event); });

// -- the clock: seconds during which this proof was looked at, over all its pages -----------------------------------------
const now = () => performance.now();
const seen = { proof: null, since: now(), before: 0 };
const looked = () => seen.before + (document.hidden ? 0 : now() - seen.since);
const keep = () => { if (seen.proof) sessionStorage.setItem(`looked:${seen.proof}`, String(Math.round(looked()))); };
function startClock() {
  keep();
  seen.proof = $("[data-clock]")?.dataset.clock ?? null;
  seen.before = Number(seen.proof ? sessionStorage.getItem(`looked:${seen.proof}`) ?? 0 : 0);
  seen.since = now();
}
document.addEventListener("visibilitychange", () => { if (document.hidden) { seen.before += now() - seen.since; } else seen.since = now(); });
addEventListener("pagehide", keep);
const tellClock = (form) => { const field = form.elements.seconds; if (field && seen.proof) field.value = String(Math.round(looked() / 1000)); };

// -- the document: zoom, turn, move -------------------------------------------------------------------------------------------
const view = { scale: 1, turn: 0 };
const pages = () => $("[data-pages]");
function draw() {
  for (const sheet of $$("[data-pages] .sheet")) {
    const image = $("img", sheet), tall = image.height / image.width || image.naturalHeight / image.naturalWidth || 1.4;
    const room = sheet.parentElement.clientWidth - 24, lying = view.turn % 2 === 1;
    const width = room * view.scale * (lying ? 1 / tall : 1), height = width * ratio(image);
    sheet.style.width = `${width}px`;
    sheet.style.transform = view.turn ? `rotate(${view.turn * 90}deg)` : "";
    sheet.style.margin = lying ? `${(width - height) / 2}px ${(height - width) / 2}px` : "";
  }
  pages()?.toggleAttribute("data-large", view.scale > 1);
}
const ratio = (image) => Number(image.getAttribute("height")) / Number(image.getAttribute("width"));
function zoom(factor) {
  const box = pages();
  if (!box) return;
  const before = view.scale, x = box.scrollLeft + box.clientWidth / 2, y = box.scrollTop + box.clientHeight / 2;
  view.scale = Math.min(5, Math.max(0.3, factor));
  draw();
  const grown = view.scale / before;
  box.scrollTo(x * grown - box.clientWidth / 2, y * grown - box.clientHeight / 2);
}
function wholePage() {
  const box = pages(), image = $("img", box);
  if (!box || !image) return;
  const lying = view.turn % 2 === 1, room = box.clientWidth - 24, tall = lying ? 1 / ratio(image) : ratio(image);
  const fit = Math.min(1, (box.clientHeight - 24) / (room * tall));
  view.scale = Math.abs(view.scale - fit) < 0.01 ? 1 : fit;
  draw();
  box.scrollTo(0, 0);
}
const VIEWS = { in: () => zoom(view.scale * 1.4), out: () => zoom(view.scale / 1.4), page: wholePage, turn: () => { view.turn = (view.turn + 1) % 4; draw(); } };
on("click", "[data-view]", (button) => VIEWS[button.dataset.view]());
addEventListener("resize", draw);
document.addEventListener("wheel", (event) => { if (event.ctrlKey && event.target.closest?.("[data-pages]")) { event.preventDefault(); zoom(view.scale * (event.deltaY < 0 ? 1.2 : 1 / 1.2)); } }, { passive: false });

// The box of a row comes into sight when the row is gone to.
on("focusin", "tr[data-field]", (row) => {
  const box = pages(), mark = $(`.boxes [data-field="${CSS.escape(row.dataset.field)}"] rect`);
  if (!box || !mark) return;
  const at = mark.getBoundingClientRect(), room = box.getBoundingClientRect();
  if (at.top < room.top || at.bottom > room.bottom || at.left < room.left || at.right > room.right)
    box.scrollBy({ top: at.top - room.top - room.height / 2, left: at.left - room.left - room.width / 2, behavior: "instant" });
});

// Dragging moves the page; while a box is being drawn it draws.
let drag = null;
const drawing = () => { const form = $("[data-draw]"); return form && !form.hidden ? form : null; };
document.addEventListener("pointerdown", (event) => {
  const box = event.target.closest?.("[data-pages]");
  if (!box || event.button !== 0 || event.target.closest("form")) return;
  const sheet = event.target.closest(".sheet");
  if (drawing()) { if (sheet) { event.preventDefault(); drag = { sheet, from: place(sheet, event) }; } }
  else if (event.pointerType === "mouse") drag = { box, x: event.clientX, y: event.clientY, left: box.scrollLeft, top: box.scrollTop };
});
document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  if (drag.sheet) { drag.to = place(drag.sheet, event); outline(drag); return; }
  if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > 4) drag.moved = true;
  if (drag.moved) { drag.box.scrollTo(drag.left - (event.clientX - drag.x), drag.top - (event.clientY - drag.y)); getSelection()?.removeAllRanges(); }
});
document.addEventListener("pointerup", () => {
  const done = drag;
  drag = null;
  if (done?.moved) addEventListener("click", (event) => { event.stopPropagation(); event.preventDefault(); }, { capture: true, once: true });
  if (done?.sheet && done.to) readThere(done);
});
document.addEventListener("dragstart", (event) => { if (event.target.closest?.("[data-pages]")) event.preventDefault(); });
/** Where the pointer is on the upright page, in fractions of it. */
function place(sheet, event) {
  const seen = sheet.getBoundingClientRect();
  const x = clamp((event.clientX - seen.left) / seen.width), y = clamp((event.clientY - seen.top) / seen.height);
  return [[x, y], [y, 1 - x], [1 - x, 1 - y], [1 - y, x]][view.turn];
}
const clamp = (part) => Math.min(1, Math.max(0, part));
const corners = ({ from, to }) => [Math.min(from[0], to[0]), Math.min(from[1], to[1]), Math.max(from[0], to[0]), Math.max(from[1], to[1])];
function outline(done) {
  const svg = $(".boxes", done.sheet), [x0, y0, x1, y1] = corners(done);
  const rect = $(".drawn", svg) ?? svg.appendChild(Object.assign(document.createElementNS("http://www.w3.org/2000/svg", "rect")));
  rect.setAttribute("class", "drawn");
  for (const [name, value] of Object.entries({ x: x0, y: y0, width: x1 - x0, height: y1 - y0 })) rect.setAttribute(name, `${(value * 100).toFixed(2)}%`);
}
function readThere(done) {
  const form = drawing(), box = corners(done);
  if (!form || box[2] - box[0] < 0.004 || box[3] - box[1] < 0.004) return;
  form.elements.box.value = box.map((part) => part.toFixed(5)).join(",");
  form.elements.page.value = String($$("[data-pages] .sheet").indexOf(done.sheet) + 1);
  form.requestSubmit();
}
function startDrawing(name) {
  const form = $("[data-draw]");
  if (!form) return;
  form.hidden = false;
  if (name) form.elements.name.value = name;
  pages().toggleAttribute("data-drawing", true);
  form.elements.name.focus({ preventScroll: true });
}
function stopDrawing() {
  const form = drawing();
  if (!form) return false;
  form.hidden = true;
  pages().toggleAttribute("data-drawing", false);
  $$(".boxes .drawn").forEach((rect) => rect.remove());
  $("[data-draw-start]")?.focus();
  return true;
}
on("click", "[data-draw-start]", () => { drawing() ? stopDrawing() : startDrawing($("tr[data-field].on [data-correct]")?.dataset.correct); });
on("click", "[data-draw-stop]", stopDrawing);
on("click", "[data-correct]", (link, event) => { if ($("[data-draw]")) { event.preventDefault(); startDrawing(link.dataset.correct); } });
on("click", "[data-type]", (link) => { const url = new URL(link.href); url.searchParams.set("name", link.form?.elements.name.value ?? link.closest("form").elements.name.value); link.href = url; });

// -- keys that no control has ---------------------------------------------------------------------------------------------------
const ARROWS = { ArrowLeft: [-80, 0], ArrowRight: [80, 0], ArrowUp: [0, -80], ArrowDown: [0, 80] };
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && stopDrawing()) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea")) { event.target.form.requestSubmit(); return; }
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog[open]")) return;
  if (document.body.dataset.keys === "off" || localStorage.getItem("keys") === "off") return;
  if (event.key.toLowerCase() === "z") zoom(view.scale > 1.01 ? 1 : 2);
  else if (event.key === "=") zoom(view.scale * 1.4);
  else if (ARROWS[event.key] && pages()?.hasAttribute("data-large")) { event.preventDefault(); pages().scrollBy(...ARROWS[event.key]); }
});

// -- dialogs -----------------------------------------------------------------------------------------------------------------------
on("click", "[data-opens]", (link, event) => { const dialog = document.getElementById(link.dataset.opens); if (dialog) { event.preventDefault(); dialog.showModal(); } });
on("click", "[data-say]", (button) => { const field = $("textarea", button.closest("form")); field.value = button.dataset.say; field.focus(); });

// -- the next proof is there before it is asked for ---------------------------------------------------------------------------
const FRESH_MS = 60_000;
let ahead = null;
const parse = (html) => new DOMParser().parseFromString(html, "text/html");
async function prefetch() {
  const link = $('a[data-step="next"]');
  if (!link || ahead?.url === link.href) return;
  const wanted = { url: link.href, at: now(), pictures: new Map(), html: null };
  ahead = wanted;
  try {
    const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(answer.status);
    wanted.html = await answer.text();
    const sources = new Set($$(".sheet img", parse(wanted.html)).map((image) => image.getAttribute("src")));
    await Promise.all([...sources].map(async (source) => wanted.pictures.set(source, URL.createObjectURL(await (await fetch(source)).blob()))));
    if (ahead === wanted) { $("[data-ready]")?.setAttribute("data-ready", "yes"); }
  } catch { if (ahead === wanted) ahead = null; }
}
function usePictures(page, pictures) {
  for (const [source, blob] of pictures) {
    $$("img", page).filter((image) => image.getAttribute("src") === source).forEach((image) => image.setAttribute("src", blob));
    $$("image", page).filter((image) => image.getAttribute("href") === source).forEach((image) => image.setAttribute("href", blob));
  }
}
let shownPictures = new Map();
/** Put another page of ours into this one. Pages of another kind are loaded as a whole. */
function show(html, url, push = true) {
  const page = parse(html), fresh = $("main", page);
  if (!fresh || !$("script[src*='review.js']", page)) { location.assign(url); return; }
  const had = shownPictures;
  shownPictures = new Map();
  if (ahead?.pictures) { usePictures(page, ahead.pictures); if (ahead.url === new URL(url, location.href).href) { shownPictures = ahead.pictures; ahead = null; } }
  keep();
  document.title = page.title;
  $("main").replaceWith(document.adoptNode(fresh));
  had.forEach((blob) => URL.revokeObjectURL(blob));
  if (push && url !== location.href) history.pushState({}, "", url);
  $$(".toasts .toast", page).forEach((item) => say(item.textContent));
  scrollTo(0, 0);
  begin();
  ($(".summary") ?? $("main h1"))?.focus({ preventScroll: true });
}
function say(words) {
  const item = Object.assign(document.createElement("div"), { className: "toast", textContent: words });
  $(".toasts")?.append(item);
  setTimeout(() => item.remove(), 6000);
}
async function go(url, push = true) {
  if (ahead?.url === url && ahead.html && now() - ahead.at < FRESH_MS) { show(ahead.html, url, push); return; }
  try { const answer = await fetch(url, { headers: { Accept: "text/html" } }); show(await answer.text(), answer.url, push); } catch { location.assign(url); }
}
on("click", "a[data-step]", (link, event) => { if (!event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); go(link.href); } });
addEventListener("popstate", () => go(location.href, false));

// A decision is sent without leaving the page; what comes back is the next proof, whose picture is here already.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.method !== "post") return;
  tellClock(form);
  if (!form.matches("[data-decide], [data-draw], [data-undo]")) return;
  event.preventDefault();
  form.toggleAttribute("aria-busy", true);
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "text/html" } });
    form.closest("dialog")?.close();
    if (form.matches("[data-decide]") && answer.ok) { sessionStorage.removeItem(`looked:${seen.proof}`); seen.proof = null; }
    show(await answer.text(), answer.url);
  } catch {
    say("The connection was lost. Nothing was decided; try again.");
  } finally {
    delete form.dataset.sent;
    form.removeAttribute("aria-busy");
  }
});

// -- a split over invoices: what is left over, as it is typed -------------------------------------------------------------------
const cents = (text) => { const plain = text.replace(/[\s\u00a0R]/g, "").replace(/[.,](?=\d{3}(\D|$))/g, "").replace(",", "."); return plain === "" ? 0 : /^\d+(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : NaN; };
const digits = (sum) => `${Math.floor(sum / 100)}.${String(sum % 100).padStart(2, "0")}`;
const rand = (sum) => (sum < 0 ? "−" : "") + "R\u00a0" + digits(Math.abs(sum)).replace(/\B(?=(\d{3})+\.)/g, "\u00a0");
const parts = (form) => $$("input[data-open]", form);
function leftOver(form) {
  const left = cents(form.elements.amount.value) - parts(form).reduce((sum, input) => sum + cents(input.value), 0);
  const words = $("[data-left]", form);
  words.textContent = Number.isNaN(left) ? "An amount cannot be read" : left === 0 ? "Nothing left over" : left > 0 ? `Left over: ${rand(left)}, as credit` : `${rand(-left)} more than the payment`;
  words.className = `needs-js ${Number.isNaN(left) || left < 0 ? "tone-bad" : left ? "tone-warn" : "tone-ok"}`;
  parts(form).forEach((input) => cents(input.value) > cents(input.dataset.open) ? input.setAttribute("aria-invalid", "true") : input.removeAttribute("aria-invalid"));
}
on("input", "form[data-split] input", (input) => leftOver(input.form));
on("click", "[data-spread]", (button) => {
  let left = cents(button.form.elements.amount.value);
  for (const input of parts(button.form)) { const part = Math.max(0, Math.min(left || 0, cents(input.dataset.open))); input.value = part ? digits(part) : ""; left -= part; }
  leftOver(button.form);
});
on("click", "[data-clear]", (button) => { parts(button.form).forEach((input) => { input.value = ""; }); leftOver(button.form); });

// -- decisions that can be taken back leave the screen when they take effect --------------------------------------------------
setInterval(() => $$(".heldlist li").forEach((item) => { if (Date.now() / 1000 > Number(item.dataset.until)) item.remove(); }), 500);

function begin() {
  Object.assign(view, { scale: 1, turn: 0 });
  startClock();
  draw();
  $$("form[data-split]").forEach(leftOver);
  if ("requestIdleCallback" in globalThis) requestIdleCallback(prefetch, { timeout: 1000 }); else setTimeout(prefetch, 300);
}
begin();
