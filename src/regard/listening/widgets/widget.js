// A survey inside somebody else's page. It needs script-src and connect-src of its host and nothing else; whatever goes wrong here
// stays here: the page never notices.

const script = document.currentScript;
const { widget: key, trial, theme } = script?.dataset ?? {};
const api = script?.src && `${new URL(script.src).origin}/inapp/v1`;
const DAY = 86_400_000;
const quietly = (act) => async (...given) => { try { return await act(...given); } catch { return undefined; } };

// What the page tells us, in a queue that all widgets of the page read: regard("event", name), ("identify", {…}), ("open").
if (!window.regard?.told) {
  const told = [...(window.regard?.q ?? [])].map((given) => [...given]);
  const listeners = [];
  const regard = (...given) => { told.push(given); listeners.forEach((listen) => listen(...given)); };
  Object.assign(regard, {
    told, listeners,
    track: (name) => regard("event", name), identify: (who) => regard("identify", who), open: (which) => regard("open", which),
  });
  window.regard = regard;
}

// Per visitor, in their browser: chance, and when they last saw, answered and dismissed it. Without storage, for this page only.
const memory = {
  name: `regard.${key}`, kept: {},
  read() { try { return JSON.parse(localStorage.getItem(this.name)) ?? this.kept; } catch { return this.kept; } },
  note(what, value = Date.now()) {
    this.kept = { ...this.read(), [what]: value };
    try { localStorage.setItem(this.name, JSON.stringify(this.kept)); } catch { /* private windows */ }
  },
};

const start = quietly(async () => {
  if (!key || !api || !document.adoptedStyleSheets) return;
  const debug = "debug" in script.dataset || new URLSearchParams(location.search).has("regard-debug");
  const { status, body } = await ask(`widgets/${key}`);
  if (status !== 200) return void (debug && console.info(`Regard: no widget for the key ${key} (${status}).`));
  const { targeting: rules, languages, colour, on_colour, font } = body;

  const { lang, userId, email, signature } = script.dataset;
  let customer = signature ? { user_id: userId ?? "", email: email ?? "", signature } : null;
  const happened = new Set();
  let page = location.href, since = Date.now(), deepest = 0, appeared = false, opened = null;

  const wanted = [lang, rules.language === "page" && document.documentElement.lang, ...navigator.languages].filter(Boolean).map((one) => one.toLowerCase());
  const speaks = (one) => languages.find((known) => [one, one.split("-")[0]].includes(known.toLowerCase()));
  const language = wanted.map(speaks).find(Boolean) ?? languages[0];
  const words = (text) => text[language] ?? text[languages[0]];

  // --- Targeting: each condition with whether it holds and why.
  const fits = ({ how, value }) => {
    const { pathname, search, href } = location;
    const here = value.startsWith("/") ? pathname + search : href;
    const pattern = () => new RegExp(`^${value.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&")).join(".*")}$`);
    return { is: () => here === value || pathname === value, contains: () => here.includes(value), begins: () => here.startsWith(value), pattern: () => pattern().test(here) }[how]();
  };
  const paused = () => {
    const seen = trial ? {} : memory.read();
    const [what, days] = Object.entries(rules.pauses).find(([what, days]) => Date.now() - seen[what] < days * DAY) ?? [];
    return what && `${what} ${new Date(seen[what]).toLocaleString()}: ${days} days without it`;
  };
  const where = () => {
    const phone = matchMedia("(max-width: 640px)").matches;
    const luck = memory.read().luck;
    const not = rules.never.find(fits);
    return [
      ["page", trial || (!rules.where.length || rules.where.some(fits)) && !not, not ? `never where the address ${not.how} ${not.value}`
        : rules.where.map(({ how, value }) => `${how} ${value}`).join(", or ") || "every page"],
      ["device", rules.devices === "all" || (rules.devices === "phone") === phone, `for ${rules.devices}; this is a ${phone ? "phone" : "desktop"}`],
      ["share", trial || luck < rules.share, `${rules.share} % of visitors; this one drew ${luck.toFixed(1)}`],
    ];
  };
  const when = () => {
    const seconds = Math.floor((Date.now() - since) / 1000), pause = paused();
    return [
      ["event", !rules.event || happened.has(rules.event), rules.event ? `“${rules.event}”; so far: ${[...happened].join(", ") || "nothing"}` : "none needed"],
      ["time", seconds >= rules.seconds, `${seconds} of ${rules.seconds} seconds on this page`],
      ["scroll", deepest >= rules.scroll, `${Math.round(deepest)} of ${rules.scroll} % of the page seen`],
      ["pause", !pause, pause || "none"],
    ];
  };
  if (memory.read().luck === undefined) memory.note("luck", Math.random() * 100);

  // --- What is shown.
  const sheet = new CSSStyleSheet();
  const looks = theme === "dark" ? "all" : theme === "light" ? "not all" : "(prefers-color-scheme: dark)";
  const brand = (colour ? `:host{--brand:${colour};--on-brand:${on_colour}}` : "") + (font && `:host{--font:${font}}`) + (theme ? `:host{color-scheme:${theme}}` : "");
  sheet.replaceSync(STYLE.replaceAll(":root", ":host").replaceAll("(prefers-color-scheme: dark)", looks) + brand);
  const host = document.createElement("regard-widget");
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet];
  const base = el("div", { class: `base ${rules.button?.side ?? "right"}` });
  const button = rules.button && el("button", { type: "button", class: "open", hidden: true, "aria-expanded": "false", onclick: () => toggle() }, words(rules.button.text));
  const told = el("div", { class: "debug", hidden: true });
  base.append(...[told, button].filter(Boolean));
  root.append(base);
  document.body.append(host);

  const shut = () => {
    opened.close();
    button?.setAttribute("aria-expanded", false);
  };
  const open = quietly(async (byVisitor) => {
    if (opened?.visible()) return opened.focus();
    if (!opened || opened.finished()) opened = await conversation({ root, base, before: button, language, customer: () => customer, shut: () => shut() });
    button?.setAttribute("aria-expanded", true);
    opened.open(byVisitor);
    memory.note("shown");
  });
  const toggle = () => (opened?.visible() ? shut() : open(true));

  const look = () => {
    if (location.href !== page) { page = location.href; since = Date.now(); deepest = 0; }
    const { scrollHeight, scrollTop } = document.scrollingElement ?? document.documentElement;
    deepest = Math.max(deepest, Math.min(100, 100 * (scrollTop + innerHeight) / Math.max(scrollHeight, 1)));
    const here = where(), now = when(), fit = here.every(([, holds]) => holds);
    if (button) button.hidden = !fit;
    if (debug) tell([...here, ...now]);
    const elsewhere = [...document.querySelectorAll("regard-widget")].some((other) => other !== host && other.hasAttribute("open"));
    if (fit && !appeared && !elsewhere && now.every(([, holds]) => holds) && !(button && !rules.event && !rules.seconds && !rules.scroll)) {
      appeared = true; // once on a page, whatever becomes of it
      open(false).then(() => { if (!opened) setTimeout(() => { appeared = false; }, 30_000); });
    }
  };
  const tell = (conditions) => {
    told.hidden = false;
    told.replaceChildren(el("b", {}, `Regard: ${key.slice(0, 6)}… ${opened ? "was" : "is not"} shown`),
      el("ul", {}, conditions.map(([name, holds, why]) => el("li", { class: !holds && "no" }, `${holds ? "✓" : "✗"} ${name}: ${why}`))));
  };
  const listen = quietly((verb, value) => {
    if (verb === "event") { happened.add(value); look(); }
    if (verb === "identify") customer = value;
    if (verb === "open" && (!value || value === key)) open(true);
  });
  window.regard.listeners.push(listen);
  window.regard.told.forEach((given) => listen(...given));
  addEventListener("scroll", quietly(look));
  document.addEventListener("keydown", quietly((event) => {
    const ours = document.activeElement === host || document.activeElement === document.body;
    if (event.key === "Escape" && opened?.visible() && ours) shut();
  }));
  setInterval(quietly(look), 1000);
  look();
});

// One visitor answering: the panel, page after page. What is typed stays in it until it has been taken.
const conversation = async ({ root, base, before, language, customer, shut }) => {
  const { status, body: survey } = await ask(`surveys/${key}?language=${language}`);
  if (status !== 200) throw status;
  const { say } = survey, host = root.host;
  const ours = [...crypto.getRandomValues(new Uint8Array(24))].map((byte) => (byte % 36).toString(36)).join("");
  const head = el("h2", { id: "title" }), main = el("div");
  const panel = el("section", { class: "panel", role: "dialog", "aria-labelledby": "title", tabindex: -1, lang: survey.language, dir: survey.direction, hidden: true },
    el("header", {}, el("b", {}, survey.brand), el("button", { type: "button", class: "shut", "aria-label": say.shut, onclick: () => shut() }, "×")), head, main);
  base.insertBefore(panel, before);
  let token = "", done = false, returnTo = null, timer = 0, busy = false;

  const show = (page) => {
    const asked = page.questions.map((question) => draw(question, say));
    const notice = el("p", { class: "notice", role: "alert", hidden: true });
    const warn = (text) => { notice.textContent = text; notice.hidden = !text; if (text) notice.scrollIntoView({ block: "nearest" }); };
    const form = el("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); send(); } },
      asked.map((one) => one.node), el("div", { class: "foot" }, el("button", {}, page.last ? say.send : say.next),
        page.back !== null && el("button", { type: "button", class: "back", onclick: () => back(page.back) }, say.back)));
    head.textContent = page.title;
    main.replaceChildren(...[page.about && el("p", { class: "about" }, lines(page.about)),
      !(page.last && !page.share) && el("progress", { max: 1, value: page.share, "aria-label": say.far }), notice, form].filter(Boolean));

    const send = quietly(async (again = 1) => {
      if (busy) return;
      clearTimeout(timer);
      asked.forEach((one) => one.fault(""));
      const answers = Object.fromEntries(asked.map((one) => [one.id, one.read()]));
      const begins = token ? {} : { key: ours, language: survey.language, version: survey.version, customer: customer(), trial: trial ?? "" };
      busy = true;
      const { status, body } = await post(token ? `responses/${token}` : `surveys/${key}`, token || key, { page: page.number, asked: asked.map((one) => one.id), answers, ...begins });
      busy = false;
      if (status === 422) {
        const { errors, response } = body;
        token ||= response ?? "";
        asked.forEach((one) => one.fault(errors[one.id] ?? ""));
        warn(say.wrong);
        return asked.find((one) => errors[one.id])?.focus();
      }
      if (status === 200) return follow(body);
      if (status === 404) return warn(say.gone_why);
      warn(say.unsent); // no network, or a server that is away: as long as the page is open
      timer = setTimeout(() => send(Math.min(again * 2, 30)), again * 2000);
    });
    addEventListener("online", () => { if (!notice.hidden && form.isConnected && !done) send(); }, { once: true });
  };
  const follow = ({ response, page, thanks }) => {
    token = response;
    const within = host.contains(document.activeElement);
    if (page) show(page);
    else if (thanks) {
      done = true;
      memory.note("answered");
      head.textContent = "";
      head.append(...lines(thanks.text));
      main.replaceChildren(el("div", { class: "foot" }, thanks.link && el("a", { class: "button", href: thanks.link, rel: "noopener noreferrer", target: "_blank" }, thanks.link_text),
        el("button", { type: "button", onclick: () => shut() }, say.shut)));
    }
    if (within) panel.focus();
  };
  const back = quietly(async (number) => {
    const { status, body } = await ask(`responses/${token}?page=${number}`);
    if (status === 200) follow(body);
  });

  show(survey.page);
  return {
    visible: () => !panel.hidden, finished: () => done, focus: () => panel.focus(),
    open(byVisitor) {
      returnTo = root.activeElement ?? document.activeElement;
      panel.hidden = false;
      host.setAttribute("open", "");
      // A survey that comes by itself takes the focus from nobody who is at something.
      if (byVisitor || !returnTo || returnTo === document.body) panel.focus();
    },
    close() {
      const within = document.activeElement === host;
      panel.hidden = true;
      host.removeAttribute("open");
      if (!done) memory.note("dismissed");
      if (done) panel.remove();
      if (within) (returnTo?.isConnected && returnTo !== document.body ? returnTo : before)?.focus();
    },
  };
};

// Files go first; one that is not taken says why.
const post = async (path, whose, content) => {
  for (const [id, answer] of Object.entries(content.answers)) {
    if (!(answer instanceof File)) continue;
    const told = await ask(`files/${whose}?question=${id}&name=${encodeURIComponent(answer.name)}&language=${content.language ?? ""}`, answer);
    if (told.status !== 200) return told;
    content.answers[id] = told.body;
  }
  return ask(path, content);
};

// What is sent goes as plain text, so that browsers need not ask first, and outlives the page where it is small enough.
const ask = async (path, content) => {
  const body = content instanceof File ? content : content && JSON.stringify(content);
  try {
    const answer = await fetch(`${api}/${path}`, { method: body ? "POST" : "GET", body, credentials: "omit", keepalive: body?.length < 20_000 });
    return { status: answer.status, body: await answer.json() };
  } catch {
    return { status: 0 };
  }
};

if (document.body) start();
else addEventListener("DOMContentLoaded", start);
