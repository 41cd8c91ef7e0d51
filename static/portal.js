// Progressive enhancement only: every page works without this file.
const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const on = (type, selector, act) => document.addEventListener(type, (event) => { const hit = event.target.closest?.(selector); if (hit) act(hit, event); });
const make = (tag, className, words = "") => Object.assign(document.createElement(tag), { className, textContent: words });

export function toast(words) {
  const box = $(".toasts");
  if (!box) return;
  const item = make("div", "toast", words);
  box.append(item);
  setTimeout(() => item.remove(), 6000);
}

// What the server said with this page: said again, so that screen readers hear it, and gone after a while.
const said = $$(".toasts .toast").map((item) => { item.remove(); return item.textContent; });
setTimeout(() => said.forEach(toast), 150);

// A refused form: its summary is read first.
$(".summary")?.focus();

// Copy buttons: <button data-copy="62841190736" data-done="Account number copied">
on("click", "[data-copy]", async (button) => {
  await navigator.clipboard.writeText(button.dataset.copy);
  button.classList.add("copied");
  $("use", button)?.setAttribute("href", $("use", button).getAttribute("href").replace(/#.*/, "#check"));
  toast(button.dataset.done);
});

// The person's menu closes on Escape and on a click beside it.
document.addEventListener("click", (event) => $$("details.person[open], details.deskmenu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
document.addEventListener("keydown", (event) => { if (event.key === "Escape") $$("details.person[open], details.deskmenu[open]").forEach((menu) => { menu.open = false; $("summary", menu).focus(); }); });

// Upload: drag, paste, a list of what was chosen and its progress, on top of a plain file field.
const unfit = (file, limit) => {
  if (file.size === 0) return "This file is empty. Choose it again.";
  if (limit && file.size > limit) return `This file is larger than ${Math.floor(limit / 1048576)} MB. Send a screenshot or the bank’s own PDF.`;
  if (/^(video|audio)\//.test(file.type)) return "A film or sound cannot be read. Send a photo or a PDF.";
  return null;
};
const row = (file, reason) => {
  const item = make("div", "file");
  const thumb = make("span", "thumb");
  if (!reason && /^image\/(png|jpeg|webp)$/.test(file.type)) {
    const picture = Object.assign(new Image(40, 48), { src: URL.createObjectURL(file), alt: "" });
    item.append(picture);
  } else item.append(thumb);
  item.append(make("b", "", file.name), make("span", "fine", `${Math.max(1, Math.round(file.size / 1000)).toLocaleString("en-ZA")} kB`));
  if (reason) item.append(make("span", "error", reason));
  else { const bar = make("progress", ""); bar.max = 100; bar.value = 0; bar.setAttribute("aria-label", `Sending ${file.name}`); item.append(bar); }
  return item;
};
const show = (html, address) => {
  const page = new DOMParser().parseFromString(html, "text/html");
  const fresh = $("main", page);
  if (!fresh) { location.assign(address); return; }
  document.title = page.title;
  $("main").replaceWith(document.adoptNode(fresh));
  ($(".summary") ?? $("main")).focus();
};
function send(drop, files) {
  if (drop.dataset.sending) return;
  const limit = Number(drop.dataset.limit ?? 0);
  let list = $(".files", drop);
  if (!list) { list = make("div", "files"); list.setAttribute("aria-live", "polite"); drop.append(list); }
  list.replaceChildren(...files.map((file) => row(file, unfit(file, limit))));
  const good = files.filter((file) => !unfit(file, limit));
  if (!good.length) return;
  const form = new FormData(drop);
  form.delete("file");
  good.forEach((file) => form.append("file", file));
  const request = new XMLHttpRequest();
  drop.dataset.sending = "yes";
  request.open("POST", drop.action);
  request.setRequestHeader("Accept", "text/html");
  request.upload.onprogress = (event) => $$("progress", list).forEach((bar) => { bar.value = event.lengthComputable ? (event.loaded / event.total) * 100 : 50; });
  request.onload = () => { delete drop.dataset.sending; request.status < 400 ? location.assign(request.responseURL) : show(request.responseText, request.responseURL); };
  request.onerror = () => { delete drop.dataset.sending; list.replaceChildren(make("p", "error", "The connection was lost before everything arrived. Nothing was sent; choose the file again.")); };
  request.send(form);
}
on("dragover", "form.drop", (drop, event) => { event.preventDefault(); drop.classList.add("over"); });
on("dragleave", "form.drop", (drop) => drop.classList.remove("over"));
on("drop", "form.drop", (drop, event) => { event.preventDefault(); drop.classList.remove("over"); if (event.dataTransfer.files.length) send(drop, [...event.dataTransfer.files]); });
document.addEventListener("paste", (event) => { const drop = $("form.drop"); if (drop && event.clipboardData.files.length) send(drop, [...event.clipboardData.files]); });
on("change", 'form.drop input[type="file"]', (input) => { if (input.files.length) { const files = [...input.files]; input.value = ""; send(input.form, files); } });

// A box on the page and its line in the list light up together.
const mark = (id) => $$("[data-field]").forEach((item) => item.classList.toggle("on", item.dataset.field === id));
on("pointerover", "[data-field]", (item) => mark(item.dataset.field));
on("focusin", "[data-field]", (item) => mark(item.dataset.field));
on("click", ".boxes [data-field]", (item, event) => { event.preventDefault(); mark(item.dataset.field); document.getElementById(item.dataset.field)?.scrollIntoView({ block: "nearest" }); });

// Number steppers
on("click", ".stepper button", (button) => { const input = $("input", button.parentElement); input[button.dataset.step === "up" ? "stepUp" : "stepDown"](); input.dispatchEvent(new Event("change", { bubbles: true })); });

// A choice that takes effect at once: <select data-submit>
on("change", "[data-submit]", (field) => field.form.requestSubmit());

// "Select all" and the bulk bar
on("change", "[data-all]", (box) => { $$('tbody input[type="checkbox"]', box.closest("table")).forEach((item) => { item.checked = box.checked; }); });
// What is ticked, counted and summed: <span data-tally data-one="payment" data-many="payments"> in a form whose rows have a box and an amount
const cents = (text) => { const plain = text.replace(/[\sR]/g, "").replace(/[.,](?=\d{3}(\D|$))/g, "").replace(",", "."); return /^\d+(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : NaN; };
const rand = (sum) => "R\u00a0" + String(Math.floor(sum / 100)).replace(/\B(?=(\d{3})+$)/g, "\u00a0") + "." + String(sum % 100).padStart(2, "0");
const tally = (form) => $$("[data-tally]", form).forEach((words) => {
  const rows = $$("tbody tr", form).filter((row) => $('input[type="checkbox"]', row)?.checked);
  const sum = rows.reduce((total, row) => total + cents($('input[inputmode="decimal"]', row).value), 0);
  words.textContent = rows.length ? `${rows.length}\u00a0${rows.length === 1 ? words.dataset.one : words.dataset.many}${Number.isNaN(sum) ? "" : `, ${rand(sum)}`}` : "";
});
for (const type of ["change", "input"]) on(type, "form:has([data-tally]) input", (input) => tally(input.form));
$$("form:has([data-tally])").forEach(tally);

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (event.target.dataset.sent) { event.preventDefault(); return; }
  event.target.dataset.sent = "yes";
});
addEventListener("pageshow", () => $$("form[data-sent]").forEach((form) => delete form.dataset.sent));

// Dialogs, for browsers without invoker commands
if (!("command" in HTMLButtonElement.prototype)) on("click", "[commandfor]", (button) => { const dialog = document.getElementById(button.getAttribute("commandfor")); button.getAttribute("command") === "close" ? dialog.close() : dialog.showModal(); });

// Keys: <button data-key="a">, <a data-key="j">. Off while typing, with a modifier, or when the person switched them off.
let keys = document.body.dataset.keys !== "off" && localStorage.getItem("keys") !== "off";
const keyWords = () => $$("[data-keys-switch]").forEach((button) => { button.textContent = `Switch single-key shortcuts ${keys ? "off" : "on"}`; });
keyWords();
on("click", "[data-keys-switch]", () => { keys = !keys; localStorage.setItem("keys", keys ? "on" : "off"); keyWords(); });
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") { const palette = $("#palette"); if (palette) { event.preventDefault(); palette.showModal(); } return; }
  if (!keys || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog[open]")) return;
  if (event.key === "?") { $("#keymap")?.showModal(); return; }
  const target = $(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (target) { event.preventDefault(); target.tagName === "LI" || target.tagName === "TR" ? (target.focus(), mark(target.dataset.field)) : target.click(); }
});
