// One visitor after the other at a device: the first question waits, answers are kept here and sent when there is a network, and
// whoever walks away leaves a clean page behind.

const { key, api } = document.documentElement.dataset;
const STILL = 60, GONE = 15, THANKS = 8, FRESH = 300; // seconds
const stored = `regard.kiosk-survey.${key}`;
const main = document.querySelector("main"), staff = document.querySelector(".staff"), bar = document.querySelector(".bar");
const random = () => [...crypto.getRandomValues(new Uint8Array(30))].map((byte) => (byte % 36).toString(36)).join("");

let survey = null, newest = JSON.parse(localStorage.getItem(stored) ?? "null"), language = "", fetched = 0;
let answers = {}, item = "", asked = [], number = null, seed = 0, timer = 0, order = new Map();

const say = () => survey.in[language].say;
const pages = () => survey.in[language].pages;

const queue = queueOf(key, api, () => {
  const count = queue?.waiting() ?? 0;
  staff.textContent = survey && count ? say().waiting.replace("{n}", count) : "";
});

const fetchSurvey = async () => {
  if (Date.now() - fetched < FRESH * 1000) return;
  try {
    const answer = await fetch(`${api}/surveys/${key}/definition`, { credentials: "omit", signal: AbortSignal.timeout(4000) });
    if (!answer.ok && answer.status !== 404) return;
    newest = answer.ok ? await answer.json() : null; // the link was closed
    fetched = Date.now();
    localStorage.setItem(stored, JSON.stringify(newest));
  } catch { /* no network: what was fetched before serves on */ }
};

// Options in an order of this visitor's, the same as long as they are here.
const mixed = (question) => {
  if (!question.shuffle) return question;
  const of = question.options ? "options" : "picks";
  if (!order.has(question.id)) order.set(question.id, new Map(question[of].map((one) => [one.id ?? one.value, Math.random()])));
  const place = (one) => (one.value === "other" && question.other ? 2 : order.get(question.id).get(one.id ?? one.value) ?? 1);
  return { ...question, [of]: [...question[of]].sort((one, other) => place(one) - place(other)) };
};

const worded = (question, given) => {
  const words = (text) => piped(text ?? "", pages(), answers);
  const one = (part) => ({ ...part, text: words(part.text) });
  const told = { ...mixed(question), text: words(question.text), help: words(question.help), low: words(question.low), high: words(question.high), answer: given[question.id] ?? answers[question.id] ?? null };
  for (const part of ["picks", "options", "rows"]) if (told[part]) told[part] = told[part].map(one);
  return told;
};

const show = (place, given = {}) => {
  number = place;
  const mine = survey.in[language], questions = shownOn(pages()[place], answers);
  document.documentElement.lang = language;
  document.documentElement.dir = mine.direction;
  asked = questions.map((question) => draw(worded(question, given), say()));
  const way = wayThrough(pages(), answers), first = !item;
  const languages = first && Object.keys(survey.languages).length > 1 && el("nav", { "aria-label": say().language },
    Object.entries(survey.languages).map(([code, name]) => el("button", { type: "button", class: "quiet", lang: code, "aria-pressed": String(code === language), onclick: () => speak(code) }, name)));
  const notice = el("p", { class: "notice", role: "alert", hidden: true });
  const form = el("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); take(notice); } }, asked.map((one) => one.node),
    el("div", { class: "foot" }, el("button", {}, way.at(-1) === place ? say().send : say().next),
      !first && el("button", { type: "button", class: "quiet", onclick: leave }, say().fresh)));
  const head = el("h1", { tabindex: -1 }, piped(mine.title, pages(), answers));
  main.replaceChildren(...[languages, head, way[0] === place && mine.about && el("p", { class: "about" }, lines(mine.about)),
    way.length > 1 && el("progress", { max: 1, value: way.indexOf(place) / way.length, "aria-label": say().far }), notice, form].filter(Boolean));
  scrollTo(0, 0);
  if (!first) head.focus();
};

const read = () => Object.fromEntries(asked.map((one) => [one.id, one.read()]));

const speak = (code) => {
  const given = read();
  language = code;
  show(number, given);
};

// What was answered here goes to the queue; the item is one visitor.
const keep = (taken, open) => {
  item ||= random();
  const page = { page: number, asked: Object.keys(taken), answers: taken, at: new Date().toISOString() };
  return queue.put(item, (before) => ({
    key: item, language, version: survey.version, open, token: before?.token, pages: [...(before?.pages ?? []), ...(page.asked.length ? [page] : [])],
  }));
};

const take = (notice) => {
  const questions = shownOn(pages()[number], answers);
  const given = read();
  const faults = questions.map((question) => faultOf(question, given[question.id]));
  asked.forEach((one, place) => one.fault(faults[place] ? say()[faults[place][0]].replace(/\{(\w+)\}/g, (all, name) => faults[place][1][name]) : ""));
  if (faults.some(Boolean)) {
    notice.textContent = say().wrong;
    notice.hidden = false;
    return asked[faults.findIndex(Boolean)].focus();
  }
  for (const question of questions) {
    const answer = given[question.id];
    if (isNothing(answer)) delete answers[question.id];
    else answers[question.id] = question.kind === "number" ? Number(answer.replace(",", ".")) : answer;
  }
  const more = shownOn(pages()[number], answers).some((question) => !(question.id in given));
  const following = more ? number : nextPage(pages(), number, answers);
  if (!keep(given, following !== null)) {
    notice.textContent = say().full;
    notice.hidden = false;
    return undefined;
  }
  return following === null ? thank() : show(following);
};

const thank = () => {
  const kept = keptOf(pages(), answers), found = thanksFor(survey.in[language], kept);
  main.replaceChildren(el("h1", { tabindex: -1 }, found ? lines(piped(found.text, pages(), kept)) : say().taken),
    el("div", { class: "foot" }, el("button", { type: "button", onclick: reset }, say().fresh)));
  main.querySelector("h1").focus();
  item = "";
  number = null;
  watch(THANKS, reset);
};

// Half-way answers stay as they are: what can be taken of this page goes too.
const leave = () => {
  const good = number === null ? {} : Object.fromEntries(
    shownOn(pages()[number], answers).map((question, place) => [question, asked[place].read()])
      .filter(([question, answer]) => !isNothing(answer) && !faultOf(question, answer)).map(([question, answer]) => [question.id, answer]));
  if (item || Object.keys(good).length) keep(good, false);
  reset();
};

const reset = async () => {
  clearTimeout(timer);
  bar.hidden = true;
  answers = {};
  item = "";
  order = new Map();
  const fetching = fetchSurvey();
  if (!survey) await fetching; // afterwards nobody waits for it: what it brings serves the next visitor
  survey = newest;
  if (!survey) return void main.replaceChildren(el("h1", {}, document.documentElement.dataset.gone));
  language = document.documentElement.dataset.language in survey.in ? document.documentElement.dataset.language : Object.keys(survey.languages)[0];
  bar.querySelector("span").textContent = say().still;
  bar.querySelector("button").textContent = say().go_on;
  full.textContent = say().full_screen;
  const first = nextPage(pages(), -1, {});
  if (queue.full()) main.replaceChildren(el("h1", {}, say().full));
  else if (first !== null) show(first);
  if (queue.full()) watch(15, reset);
};

const watch = (seconds, act) => {
  clearTimeout(timer);
  timer = setTimeout(act, seconds * 1000);
};
const alive = () => {
  bar.hidden = true;
  if (number === null) return;
  watch(STILL, () => {
    if (!item && Object.values(read()).every(isNothing)) return void reset(); // nobody came, or they only looked
    bar.hidden = false;
    watch(GONE, leave);
  });
};
for (const type of ["pointerdown", "keydown", "input", "scroll"]) addEventListener(type, alive, { passive: true });

const full = el("button", { type: "button", class: "quiet screen", onclick: () => document.documentElement.requestFullscreen() });
const screen = () => { full.hidden = !document.fullscreenEnabled || !!document.fullscreenElement || matchMedia("(display-mode: fullscreen)").matches; };
document.addEventListener("fullscreenchange", screen);
document.querySelector("header").append(full);
screen();

// The page itself opens without a network too.
navigator.serviceWorker?.register("/k/worker.js", { scope: "/k/" }).catch(() => {});
navigator.serviceWorker?.ready.then(({ active }) => active.postMessage(
  [location.href, ...[...document.querySelectorAll("link[rel=stylesheet], script[src]")].map((one) => one.href || one.src)]));

reset();
queue.pump();
