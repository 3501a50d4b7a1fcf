// What pages do beyond plain HTML. Everything here adds to a page that already works without it.
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0;

const on = (type, selector, act) =>
  document.addEventListener(type, (event) => {
    const target = event.target.closest?.(selector);
    if (target) act(target, event);
  });

document.body.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf"]')?.content;
  if (token) event.detail.headers["X-CSRFToken"] = token;
});

// Theme: at once here, and remembered by the server's cookie for the next page.
on("click", "[data-set-theme]", (button, event) => {
  event.preventDefault();
  const theme = button.dataset.setTheme;
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
  for (const other of document.querySelectorAll("[data-set-theme]")) {
    other.setAttribute("aria-pressed", String(other.dataset.setTheme === theme));
  }
});

// Toasts: news goes by itself, trouble stays until it is read.
const goLater = (toast) => {
  if (!toast.classList.contains("error")) setTimeout(() => toast.remove(), 7000);
};
document.querySelectorAll(".toast").forEach(goLater);
on("click", ".toast [data-close]", (button) => button.closest(".toast").remove());
const say = (text) => {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.textContent = text;
  document.querySelector(".toasts").append(toast);
  goLater(toast);
};

on("click", "[data-copy]", async (button) => {
  const source = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
  say(button.dataset.copied);
});

// A link to a page of confirmation opens it as a dialog instead.
on("click", "a[data-dialog]", async (link, event) => {
  if (event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  const answer = await fetch(link.href, { headers: { "HX-Request": "true" } }).catch(() => null);
  const page = answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  const asked = page?.querySelector(".dialog");
  if (!asked || answer.redirected) return void (location.href = link.href);
  const dialog = document.createElement("dialog");
  dialog.append(asked);
  document.body.append(dialog);
  dialog.setAttribute("aria-labelledby", "dialog-title");
  dialog.addEventListener("close", () => { dialog.remove(); link.focus(); });
  dialog.addEventListener("click", (click) => {
    if (click.target === dialog || click.target.closest("[data-keep]")) { click.preventDefault(); dialog.close(); }
  });
  dialog.showModal();
});

// A button that asks before it acts.
on("click", "button[data-confirm]", (button, event) => {
  if (button.dataset.sure) return void delete button.dataset.sure;
  event.preventDefault();
  const dialog = document.createElement("dialog");
  const question = Object.assign(document.createElement("p"), { id: "dialog-title", textContent: button.dataset.confirm });
  const footer = document.createElement("footer");
  const asked = Object.assign(document.createElement("div"), { className: "dialog" });
  const not = Object.assign(document.createElement("button"), { type: "button", textContent: document.body.dataset.notNow });
  const act = Object.assign(document.createElement("button"), { type: "button", className: "danger", textContent: button.textContent.trim() });
  footer.append(not, act);
  asked.append(question, footer);
  dialog.append(asked);
  dialog.setAttribute("aria-labelledby", "dialog-title");
  dialog.addEventListener("close", () => { dialog.remove(); button.focus(); });
  not.addEventListener("click", () => dialog.close());
  act.addEventListener("click", () => { dialog.close(); button.dataset.sure = "yes"; button.click(); });
  document.body.append(dialog);
  dialog.showModal();
});

// What is half written stays when another button of the page is pressed; it goes with its own form.
const drafts = "textarea[data-draft]";
const kept = (field) => `draft ${location.pathname} ${field.name}`;
for (const field of document.querySelectorAll(drafts)) if (!field.value) field.value = sessionStorage.getItem(kept(field)) ?? "";
on("input", drafts, (field) => sessionStorage.setItem(kept(field), field.value));
if (document.querySelector("input[type=password]")) sessionStorage.clear(); // signed out: whoever comes next reads none of it
document.addEventListener("submit", (event) => {
  for (const field of event.target.querySelectorAll(drafts)) sessionStorage.removeItem(kept(field));
});

// Filters that apply themselves; without this script the page shows a button for it.
for (const button of document.querySelectorAll("[data-without-script]")) button.hidden = true;
on("change", "form[data-apply] select, form[data-apply] input[type=date], form[data-apply] input[type=checkbox]", (field) => {
  if (!field.closest("[data-hold]")) field.form.requestSubmit();
});
on("submit", "form[data-apply]", (form) => {
  for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
});

// A box that ticks all others of a name in its form.
on("change", "input[data-all]", (box) => {
  for (const other of box.form.querySelectorAll(`input[name="${box.dataset.all}"]`)) other.checked = box.checked;
});

// Where the side bar is longer than the window, the page that is open is seen in it.
document.querySelector(".side [aria-current=page]")?.scrollIntoView({ block: "nearest" });

// One menu open at a time, and none after a click elsewhere or Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Keys, where nobody is typing: in a list j and k move, Enter opens, x ticks; elsewhere a letter goes to what is marked with it.
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, textarea, select, button, dialog, [contenteditable]") || event.metaKey || event.ctrlKey || event.altKey) return;
  const marked = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (marked) {
    event.preventDefault();
    if (marked.matches("textarea, input")) marked.focus();
    else marked.click();
    return;
  }
  const rows = [...document.querySelectorAll("[data-keys=list] tbody tr")];
  if (!rows.length || !["j", "k", "x", "Enter"].includes(event.key)) return;
  const at = rows.findIndex((row) => row.classList.contains("at"));
  if (event.key === "x") return void rows[at]?.querySelector("input[type=checkbox]")?.click();
  if (event.key === "Enter") return void (event.target.closest("a") || rows[at]?.querySelector("a")?.click());
  const next = rows[Math.min(Math.max(at + (event.key === "j" ? 1 : -1), 0), rows.length - 1)];
  rows[at]?.classList.remove("at");
  next.classList.add("at");
  next.scrollIntoView({ block: "nearest" });
});

// The visitor's own time zone, where a form asks for one.
for (const field of document.querySelectorAll("[data-guess-zone]")) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (field.value === "UTC" && [...field.options].some((option) => option.value === zone)) field.value = zone;
}

// Charts come painted by the server; the first hover brings them to life.
let vega;
const bring = (address) =>
  (vega ??= new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: address, type: "module" });
    script.onload = () => resolve(window.vegaEmbed ?? window.regardVega);
    script.onerror = reject;
    document.head.append(script);
  }));
on("pointerover", ".chart[data-vega]", async (chart) => {
  const address = chart.dataset.vega;
  delete chart.dataset.vega;
  const painted = [...chart.querySelectorAll("svg")].find((svg) => svg.checkVisibility());
  const spec = JSON.parse(chart.querySelector(`script[data-size="${painted.dataset.size}"]`).textContent);
  try {
    const embed = await bring(address);
    const live = document.createElement("div");
    live.className = "live";
    live.hidden = true;
    chart.append(live);
    await embed(live, spec, { ast: true, defaultStyle: false, actions: false, renderer: "svg", tooltip: { disableDefaultStyle: true } });
    const svg = live.querySelector("svg");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", painted.getAttribute("aria-label"));
    live.classList.add(...painted.classList);
    live.hidden = false;
    painted.replaceWith(live);
  } catch { /* the painted chart stays */ }
});
